namespace RawWebSocket.Abuse.Clients;

/// <summary>
/// A little ordinary traffic before anything is measured: what the server has not run before is compiled first, and that is not the
/// attackers' doing.
/// </summary>
internal static class WarmUp
{
    private const int Clients = 4;
    private const int Rounds = 100;

    public static Task RunAsync(int port, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => VisitAsync(port, cancellationToken)));

    private static async Task VisitAsync(int port, CancellationToken cancellationToken)
    {
        var message = ClientFrame.Of(Opcode.Text, new byte[100]);
        for (var round = 0; round < Rounds; round++)
        {
            using var client = await RawClient.ConnectAsync(port, receiveBuffer: null, cancellationToken);
            await client.UpgradeAsync("/echo", cancellationToken);
            await client.SendAsync(message, cancellationToken);
            await client.ReadFrameAsync(cancellationToken);
            await client.SendAsync(ClientFrame.Close(1000), cancellationToken);
            await client.ReadToEndAsync(Manners.None, cancellationToken);
        }
    }
}
