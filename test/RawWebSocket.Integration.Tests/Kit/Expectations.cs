namespace RawWebSocket.Integration.Tests.Kit;

internal static class Expectations
{
    /// <summary>
    /// Makes sure that no ping has been sent: unlike <see cref="TestWebSocket.ExpectSilenceAsync"/>, which passes over pings.
    /// </summary>
    public static async Task ExpectNoPingAsync(this TestWebSocket socket)
    {
        await socket.SendPingAsync("is there a ping before this?"u8);
        await socket.ExpectFrameAsync(TestFrame.Pong("is there a ping before this?"u8));
    }
}
