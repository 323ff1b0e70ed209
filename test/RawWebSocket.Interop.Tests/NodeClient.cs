using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace RawWebSocket.Interop.Tests;

/// <summary>Node's ws, in a process of its own: it knows nothing of this server.</summary>
internal static class NodeClient
{
    private static readonly string Folder = typeof(NodeClient).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "NodeFolder").Value!;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Why it cannot run here, with what to do about it; null when it can.</summary>
    public static string? Missing { get; } =
        !OnPath("node") ? "No Node.js on this machine (looked for node on the PATH)."
        : !Directory.Exists(Path.Combine(Folder, "node_modules", "ws")) ? $"The package ws is missing: run 'npm ci' in {Folder}."
        : null;

    /// <summary>Has many messages echoed.</summary>
    /// <param name="address">The echo.</param>
    /// <param name="perMessageDeflate">The option of that name, as JSON.</param>
    public static async Task<Outcome> EchoAsync(Uri address, string perMessageDeflate)
    {
        var start = new ProcessStartInfo("node", ["client.mjs", address.AbsoluteUri, perMessageDeflate])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var problem = await process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        process.ExitCode.ShouldBe(0, problem);
        return JsonSerializer.Deserialize<Outcome>(await output, JsonSerializerOptions.Web)!;
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, $"{program}.exe")));

    /// <summary>What the client found.</summary>
    /// <param name="Code">The close code.</param>
    /// <param name="Extensions">What was agreed.</param>
    /// <param name="Messages">How many messages came back as they were.</param>
    /// <param name="Payload">How many bytes they had.</param>
    /// <param name="Sent">How many bytes the client wrote.</param>
    /// <param name="Received">How many bytes it read.</param>
    internal sealed record Outcome(int Code, string Extensions, int Messages, long Payload, long Sent, long Received);
}
