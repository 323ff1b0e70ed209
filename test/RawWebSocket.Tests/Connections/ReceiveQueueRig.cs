using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

internal sealed class ReceiveQueueRig
{
    private Task? _waiting;

    public ReceiveQueueRig(IMessageHandler? handler = null) => Queue = new ReceiveQueue(handler);

    public ReceiveQueue Queue { get; }

    public MemoryAccount Memory { get; } = new(new MemoryBudget(long.MaxValue));

    /// <summary>Whether the signal was set since the last look.</summary>
    public bool Signalled
    {
        get
        {
            _waiting ??= Queue.WaitForChangeAsync();
            var signalled = _waiting.IsCompleted;
            _waiting = signalled ? null : _waiting;
            return signalled;
        }
    }

    public void AddMessage(string text) => Queue.Add(Incoming.Message(WebSocketMessageType.Text, Payload(text)));

    public void AddPiece(string text, bool endsMessage = false) =>
        Queue.Add(Incoming.Piece(WebSocketMessageType.Text, Payload(text), endsMessage));

    /// <summary>Adds a message in pooled memory, which is empty once it has been given back.</summary>
    public PooledPayload AddOwned(string text)
    {
        var owned = new PooledPayload(Memory);
        owned.Append(Payload(text));
        Queue.Add(Incoming.Message(WebSocketMessageType.Text, owned.AsSequence(), owned));
        return owned;
    }

    public string Take()
    {
        Queue.TryTake(out var incoming).ShouldBeTrue();
        return Encoding.UTF8.GetString(incoming.Payload.ToArray());
    }

    public Task<bool> Wait(CancellationToken cancellationToken = default) =>
        Queue.WaitAsync(Delivery.Whole, 0, cancellationToken).AsTask();

    /// <summary>Waits, and tells on which thread it went on.</summary>
    public async Task<int> TakerThread()
    {
        await Queue.WaitAsync(Delivery.Whole, 0, default).ConfigureAwait(false);
        return Environment.CurrentManagedThreadId;
    }

    /// <summary>How a message would be handed over; asked, when it cannot be handed over ahead of what the taker asks for.</summary>
    public string Decided(string when = "first")
    {
        var delivery = Queue.DecideDelivery(asked: when == "asked", out var limit);
        return limit == long.MaxValue ? $"{delivery}" : $"{delivery} {limit}";
    }

    private static ReadOnlySequence<byte> Payload(string text) => new(Encoding.UTF8.GetBytes(text));
}
