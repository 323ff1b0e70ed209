using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Hosting;

namespace RawWebSocket.Abuse.Server;

/// <summary>
/// How the report talks to the server's process: a command on a line of standard input, an answer on a line of standard output. The end of
/// the input is the end of whoever started the process, and so of the process.
/// </summary>
internal sealed class AdminChannel(Broadcaster broadcaster, IHostApplicationLifetime lifetime, Func<ServerStats> stats)
{
    public const string Stats = "stats";
    public const string Collect = "collect";
    public const string Broadcast = "broadcast";
    public const string Quiet = "quiet";
    public const string Stop = "stop";

    // Not the thread pool's: what is asked under attack must be answered.
    public void Start(int port)
    {
        Console.WriteLine(port.ToString(CultureInfo.InvariantCulture));
        new Thread(Serve) { IsBackground = true, Name = "admin" }.Start();
    }

    private void Serve()
    {
        while (Console.ReadLine() is { } line)
        {
            Console.WriteLine(JsonSerializer.Serialize(Obey(line.Split(' '))));
        }

        Process.GetCurrentProcess().Kill();
    }

    private ServerStats Obey(string[] command)
    {
        switch (command[0])
        {
            case Collect:
                CollectAll();
                break;
            case Broadcast:
                broadcaster.Start(
                    int.Parse(command[1], CultureInfo.InvariantCulture), int.Parse(command[2], CultureInfo.InvariantCulture));
                break;
            case Quiet:
                broadcaster.StopAsync().Wait();
                break;
            case Stop:
                // The answer goes out first: shutting down blocks until it is done.
                _ = Task.Run(lifetime.StopApplication);
                break;
        }

        return stats();
    }

    private static void CollectAll()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }
}
