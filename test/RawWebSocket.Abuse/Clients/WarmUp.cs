namespace RawWebSocket.Abuse.Clients;

/// <summary>
/// A little of everything before anything is measured: what the server has not run before is compiled first, and that is not the attackers'
/// doing.
/// </summary>
internal static class WarmUp
{
    private const int Clients = 4;
    private const int Rounds = 100;
    private const int Fragments = 20;

    private static readonly byte[] Talk =
    [
        .. ClientFrame.Of(Opcode.Text, new byte[100]),
        .. ClientFrame.Of(Opcode.Ping, new byte[10]),
        .. ClientFrame.Of(Opcode.Binary, new byte[64], isFinal: false),
        .. ClientFrame.Repeat(ClientFrame.Of(Opcode.Continuation, new byte[64], isFinal: false), Fragments),
        .. ClientFrame.Of(Opcode.Continuation, []),
    ];

    private static readonly byte[][] Ends =
    [
        ClientFrame.Close(1000),
        ClientFrame.Header(Opcode.Binary, 1UL << 40),
        ClientFrame.Of(Opcode.Text, new byte[100], isFinal: false),
        [],
    ];

    private static readonly string[] Paths = ["/echo", "/silent", "/broadcast"];

    public static Task RunAsync(int port, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(number => VisitAsync(port, number, cancellationToken)));

    private static async Task VisitAsync(int port, int number, CancellationToken cancellationToken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            using var client = await RawClient.ConnectAsync(port, receiveBuffer: null, cancellationToken);
            await client.UpgradeAsync(Paths[(round + number) % Paths.Length], cancellationToken);
            await client.SendAsync(Talk, cancellationToken);
            await client.SendAsync(Ends[round % Ends.Length], cancellationToken);
            if (round % Ends.Length < 2)
            {
                await client.ReadToEndAsync(Manners.All, cancellationToken);
            }
            else
            {
                client.Reset();
            }
        }
    }
}
