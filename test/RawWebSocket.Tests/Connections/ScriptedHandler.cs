using System.Text;
using RawWebSocket.Connections.Receiving;

namespace RawWebSocket.Tests.Connections;

/// <summary>Notes what it is given, and finishes when it is told to.</summary>
internal sealed class ScriptedHandler : IMessageHandler
{
    /// <summary>Ends what is begun with the messages from now on; null when they are finished at once.</summary>
    public TaskCompletionSource? Next { get; set; }

    /// <summary>Runs at each message.</summary>
    public Action OnMessage { get; set; } = static () => { };

    public List<string> Given { get; } = [];

    /// <summary>Runs when it is resumed.</summary>
    public Action OnResume { get; set; } = static () => { };

    /// <summary>How often it has been resumed.</summary>
    public int Resumed { get; private set; }

    public void Resume()
    {
        Resumed++;
        OnResume();
    }

    public ValueTask HandleAsync(WebSocketMessage message)
    {
        Given.Add(Encoding.UTF8.GetString(message.Payload));
        OnMessage();
        return Next is null ? ValueTask.CompletedTask : new(Next.Task);
    }
}
