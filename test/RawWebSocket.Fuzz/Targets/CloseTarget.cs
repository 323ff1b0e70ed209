using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;
using RawWebSocket.Fuzz.Mutations;
using RawWebSocket.Protocol;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>A close frame's payload: read as the model reads it; and what was read is written as it came.</summary>
internal sealed class CloseTarget : FuzzTarget
{
    public override string Name => "close";

    public override int MaxInputLength => FrameHeader.MaxControlPayload;

    public override byte[] Mutate(byte[] input, byte[] other, Random random) =>
        random.OneIn(3) ? Payloads.Close(random) : ByteMutations.Mutate(input, other, random);

    public override void Execute(byte[] input, Features features)
    {
        var payload = input.AsSpan(0, Math.Min(input.Length, FrameHeader.MaxControlPayload));
        var expected = CloseModel.FaultOf(payload);
        var fault = ClosePayload.Read(payload, out var close);
        features.Add('l', payload.Length, fault is null ? 0 : fault.Reason.Length);
        features.Add('c', payload.Length < 2 ? 0 : ((payload[0] * 256) + payload[1]) / 100, fault is null ? 0 : fault.Reason.Length);
        Invariant.Holds(fault == expected, "A close payload's fault is the one that the model finds.", () => $"{expected} and {fault}");
        if (fault is not null)
        {
            return;
        }

        var written = new byte[FrameHeader.MaxControlPayload];
        var length = close.Write(written);
        Invariant.Holds(payload.SequenceEqual(written.AsSpan(0, length)), "A close payload that was read is written as it came.");
        Invariant.Holds(
            payload.IsEmpty ? close.Code == WebSocketCloseStatus.Empty : close.Reason == Encoding.UTF8.GetString(payload[2..]),
            "A close payload's reason is its text.");
    }
}
