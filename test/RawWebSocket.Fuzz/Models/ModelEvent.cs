using System.Text;
using RawWebSocket.Protocol;

namespace RawWebSocket.Fuzz.Models;

internal enum ModelKind
{
    Text,
    Binary,

    /// <summary>A message that nobody wanted.</summary>
    Discarded,
    Ping,
    Pong,
    Close,
    Fault,
}

/// <summary>One thing that a client has said: a message, a control frame, or the fault that ends it all.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Payload">What it carries; of a close frame, code and reason.</param>
/// <param name="Fault">Which fault it is, if it is one.</param>
internal sealed record ModelEvent(ModelKind Kind, byte[] Payload, ProtocolFault? Fault = null)
{
    public static ModelEvent Failed(ProtocolFault? fault) => new(ModelKind.Fault, [], fault);

    public bool IsMessage => Kind is ModelKind.Text or ModelKind.Binary;

    /// <summary>Whether nothing is read after it.</summary>
    public bool IsLast => Kind is ModelKind.Close or ModelKind.Fault;

    public bool IsSameAs(ModelEvent other) =>
        Kind == other.Kind && Fault == other.Fault && Payload.AsSpan().SequenceEqual(other.Payload);

    public override string ToString() => Kind switch
    {
        ModelKind.Fault => $"Fault: {Fault?.Reason}",
        ModelKind.Text when Payload.Length < 100 => $"Text '{Encoding.UTF8.GetString(Payload)}'",
        _ when Payload.Length < 100 => $"{Kind} {Convert.ToHexStringLower(Payload)}",
        _ => $"{Kind} of {Payload.Length} bytes",
    };
}
