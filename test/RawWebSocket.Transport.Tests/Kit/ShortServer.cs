using System.Runtime.InteropServices;

namespace RawWebSocket.Transport.Tests.Kit;

/// <summary>A process of its own, which has few descriptors left once it is told so by a line, and ends with its input.</summary>
internal static partial class ShortServer
{
    /// <summary>How many descriptors it has left.</summary>
    public const int Spare = 20;

    private const int OpenFiles = 7;

    public static async Task Main(string[] arguments)
    {
        await using var server = await Server.StartAsync(
            Enum.Parse<TransportKind>(arguments[0]), context => context.Response.WriteAsync("in"));
        Console.WriteLine(server.Port);
        Console.ReadLine();

        SetSpare(Spare);
        Console.WriteLine("limited");
        await Waiting.UntilAsync(() => server.Log.Count(2) == 1, "there is no shortage");
        Console.WriteLine("shortage");
        await Waiting.UntilAsync(() => server.Log.Count(3) == 1, "the shortage is not over");
        Console.WriteLine("over");
        Console.ReadLine();
    }

    private static void SetSpare(int count)
    {
        var open = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
        var limits = default(Limits);
        _ = GetLimits(OpenFiles, ref limits);
        limits.Soft = (ulong)(open + count);
        SetLimits(OpenFiles, ref limits).ShouldBe(0);
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimits(int resource, ref Limits limits);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimits(int resource, ref Limits limits);

    private struct Limits
    {
        public ulong Soft;
        public ulong Hard;
    }
}
