using System.Buffers.Binary;

namespace RawWebSocket.Conformance.Tests;

/// <summary>
/// What conformance tests expect besides what the test kit knows. The kit itself checks that each frame of the server is unmasked and
/// has no reserved bit, a known opcode and the shortest length, so that a frame that equals the expected one is so byte for byte.
/// </summary>
internal static class Expectations
{
    public static async Task ExpectFramesAsync(this TestWebSocket socket, params IEnumerable<TestFrame> frames)
    {
        foreach (var frame in frames)
        {
            await socket.ExpectFrameAsync(frame);
        }
    }

    /// <summary>Section 7.1.7: one close frame with this code, whatever its reason, and then the end.</summary>
    public static async Task ExpectFailureAsync(this TestWebSocket socket, int code)
    {
        var frame = await socket.ExpectFrameAsync();
        frame.Opcode.ShouldBe(FrameOpcode.Close, frame.ToString());
        ((int)BinaryPrimitives.ReadUInt16BigEndian(frame.Payload.Span)).ShouldBe(code, frame.ToString());
        await socket.ExpectNothingButTheEndAsync();
    }

    /// <summary>The server ends the transport in order, with a FIN and no RST, and without one byte more.</summary>
    public static async Task ExpectNothingButTheEndAsync(this TestWebSocket socket)
    {
        // The kit's own expectation of the end passes over pings and pongs.
        var met = await Should.ThrowAsync<ExpectationFailedException>(() => socket.ExpectFrameAsync());
        met.Message.ShouldStartWith("Expected a frame, but met the server ended the transport.");
    }
}
