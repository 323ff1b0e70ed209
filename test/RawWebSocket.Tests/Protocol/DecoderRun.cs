using System.Buffers;
using System.Text;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Protocol;

/// <summary>
/// Feeds a decoder as a transport would: what it has passed is gone, what it has not passed is offered again together with what has
/// come since, in the same memory. Writes down what comes out, one line each; the pieces of a streamed message as one line.
/// </summary>
internal sealed class DecoderRun(MessageDecoder decoder, Delivery delivery)
{
    private readonly List<ReadOnlyMemory<byte>> _unread = [];
    private readonly List<byte> _streamed = [];

    public DecoderRun(Delivery delivery)
        : this(Decoders.New(maxWholeLength: 1_000_000), delivery)
    {
    }

    /// <summary>Such as <c>Text Hello</c>, <c>Ping 616263</c>, <c>Close 1000 bye</c> or <c>Fault The opcode is reserved.</c>.</summary>
    public List<string> Outcome { get; } = [];

    /// <summary>What an undecided message is decided to be, when it waits for that.</summary>
    public Delivery Decision { get; init; } = Delivery.Whole;

    /// <summary>Given the payloads of messages and pieces.</summary>
    public Action<byte[]>? OnPayload { get; init; }

    /// <summary>The outcome of one conversation that arrives in the given pieces.</summary>
    public static List<string> Of(Delivery delivery, IEnumerable<ReadOnlyMemory<byte>> arrivals)
    {
        var run = new DecoderRun(delivery);
        foreach (var arrival in arrivals)
        {
            run.Arrive(arrival);
        }

        return run.Outcome;
    }

    /// <summary>One read of the transport, perhaps in several segments.</summary>
    public void Arrive(params IEnumerable<ReadOnlyMemory<byte>> segments)
    {
        _unread.AddRange(segments);
        var input = Segments.Of(_unread);
        var before = input.Length;
        decoder.Delivery = delivery;
        while (true)
        {
            if (decoder.Read(ref input) is { IsNothing: false } incoming)
            {
                WriteDown(incoming);
                decoder.Delivery = delivery;
            }
            else if (decoder.AwaitsDecision)
            {
                decoder.Delivery = Decision;
            }
            else if (!decoder.HasLeftOff)
            {
                break;
            }
        }

        Forget(before - input.Length);
    }

    private void WriteDown(in Incoming incoming)
    {
        OnPayload?.Invoke(incoming.Payload.ToArray());
        switch (incoming.Kind)
        {
            case IncomingKind.Message:
                Outcome.Add(Line(incoming, incoming.Payload.ToArray()));
                incoming.Owned?.Release();
                break;
            case IncomingKind.Piece:
                _streamed.AddRange(incoming.Payload.ToArray());
                incoming.Owned?.Release();
                if (incoming.EndsMessage)
                {
                    Outcome.Add(Line(incoming, [.. _streamed]));
                    _streamed.Clear();
                }

                break;
            case IncomingKind.Close:
                Outcome.Add($"Close {(int)incoming.Close.Code} {incoming.Close.Reason}");
                break;
            case IncomingKind.Fault:
                Outcome.Add($"Fault {incoming.Fault!.Reason}");
                break;
            default:
                Outcome.Add($"{incoming.Kind} {Convert.ToHexStringLower(incoming.Payload.ToArray())}");
                break;
        }
    }

    private static string Line(in Incoming incoming, byte[] payload) =>
        $"{incoming.Type} {(payload.Length > 200 ? $"of {payload.Length}" : Encoding.UTF8.GetString(payload))}";

    private void Forget(long passed)
    {
        while (_unread.Count > 0 && passed >= _unread[0].Length)
        {
            passed -= _unread[0].Length;
            _unread.RemoveAt(0);
        }

        if (passed > 0)
        {
            _unread[0] = _unread[0][(int)passed..];
        }
    }
}
