using System.Buffers.Binary;
using Xunit.Sdk;

namespace RawWebSocket.Conformance.Tests;

/// <summary>
/// RFC 6455 sections 5, 6.2 and 7 together: conversations made from seeds, in which large and empty messages, fragments, control frames
/// and the end meet in ways that nobody thought of.
/// </summary>
public abstract class Section_6_2_Conversations(ConformanceServer server) : Conformance(server)
{
    private const int Conversations = 100;

    [Theory]
    [InlineData(Endpoints.Echo)]
    [InlineData(Endpoints.Yielding)]
    [InlineData(Endpoints.Asking)]
    public async Task Whatever_came_before_the_end_is_answered_in_order_and_then_it_ends(string path)
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            try
            {
                await HoldAsync(path, new RandomConversation(seed));
            }
            catch (Exception exception)
            {
                throw new XunitException($"The conversation of seed {seed} went wrong.", exception);
            }
        }
    }

    private async Task HoldAsync(string path, RandomConversation conversation)
    {
        await using var socket = await ConnectAsync(path);
        var sending = SendAsync(socket, conversation.Pieces());
        var messages = new List<TestFrame>();
        var pongs = new List<TestFrame>();
        TestFrame frame;
        while ((frame = await socket.ExpectFrameAsync()).Opcode != FrameOpcode.Close)
        {
            (frame.Opcode == FrameOpcode.Pong ? pongs : messages).Add(frame);
        }

        messages.ShouldBe(conversation.Messages);
        ShouldAnswer(pongs, conversation.Pongs);
        ((int)BinaryPrimitives.ReadUInt16BigEndian(frame.Payload.Span)).ShouldBe(conversation.EndCode);
        await sending;
    }

    private static async Task SendAsync(TestWebSocket socket, IEnumerable<byte[]> pieces)
    {
        foreach (var piece in pieces)
        {
            await socket.SendRawAsync(piece);
        }
    }

    // Section 5.5.3: of several pings an endpoint "MAY elect to send a Pong frame for only the most recently processed Ping frame."
    private static void ShouldAnswer(List<TestFrame> pongs, IReadOnlyList<TestFrame> due)
    {
        (pongs is [.., var last] ? last : null).ShouldBe(due is [.., var latest] ? latest : null);
        var answered = 0;
        foreach (var pong in due)
        {
            answered += answered < pongs.Count && pongs[answered] == pong ? 1 : 0;
        }

        answered.ShouldBe(pongs.Count, "A pong came out of order, or nobody had asked for it.");
    }

    public sealed class InMemory(MemoryServer server) : Section_6_2_Conversations(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_6_2_Conversations(server), IClassFixture<KestrelServer>;
}
