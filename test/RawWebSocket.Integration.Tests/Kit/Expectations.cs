namespace RawWebSocket.Integration.Tests.Kit;

internal static class Expectations
{
    /// <summary>Makes sure of how a connection ended; what it carried until then is left aside.</summary>
    public static void ShouldBe(this WebSocketClosure closure, WebSocketCloseStatus code, string reason, ClosedBy by) =>
        (closure.Code, closure.Reason, closure.By).ShouldBe((code, reason, by));

    /// <summary>
    /// Makes sure that no ping has been sent: unlike <see cref="TestWebSocket.ExpectSilenceAsync"/>, which passes over pings.
    /// </summary>
    public static async Task ExpectNoPingAsync(this TestWebSocket socket)
    {
        await socket.SendPingAsync("is there a ping before this?"u8);
        await socket.ExpectFrameAsync(TestFrame.Pong("is there a ping before this?"u8));
    }
}
