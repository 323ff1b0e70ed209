using System.Net.WebSockets;

namespace RawWebSocket.Tests.Connections;

/// <summary>What can happen to a connection that matters for its end.</summary>
internal enum ClosingStep
{
    AppSends,
    AppCloses,
    AppAborts,
    PeerSends,
    PeerPings,
    PeerCloses,
    PeerBreaksTheProtocol,
    PeerVanishes,
    TimePasses,
}

/// <summary>The closing handshake as RFC 6455 section 7 has it, in three states: what the real one is held against.</summary>
internal sealed class ClosingModel
{
    public const WebSocketCloseStatus AppsCode = (WebSocketCloseStatus)4001;
    public const WebSocketCloseStatus PeersCode = (WebSocketCloseStatus)4000;

    private bool _closing;

    /// <summary>How the connection ended; null while it has not.</summary>
    public (WebSocketCloseStatus Code, ClosedBy By)? Outcome { get; private set; }

    public bool IsOpen => !_closing && Outcome is null;

    public void Take(ClosingStep step)
    {
        if (Outcome is not null)
        {
            return;
        }

        switch (step)
        {
            case ClosingStep.AppCloses:
                _closing = true;
                break;
            case ClosingStep.PeerCloses:
                Outcome = _closing ? (AppsCode, ClosedBy.Server) : (PeersCode, ClosedBy.Peer);
                break;
            case ClosingStep.PeerBreaksTheProtocol:
                Outcome = (_closing ? AppsCode : WebSocketCloseStatus.ProtocolError, ClosedBy.Server);
                break;
            case ClosingStep.PeerVanishes or ClosingStep.AppAborts:
            case ClosingStep.TimePasses when _closing:
                Outcome = (WebSocketClosure.Abnormal, ClosedBy.Transport);
                break;
        }
    }

    /// <summary>How a connection may end when some steps are taken at once: as it would if they came in any order.</summary>
    public static HashSet<(WebSocketCloseStatus Code, ClosedBy By)> OutcomesOf(IReadOnlyList<ClosingStep> steps)
    {
        var outcomes = new HashSet<(WebSocketCloseStatus, ClosedBy)>();
        foreach (var order in Orders(steps, steps.Count))
        {
            var model = new ClosingModel();
            order.ForEach(model.Take);
            model.Take(ClosingStep.PeerCloses);
            outcomes.Add(model.Outcome!.Value);
        }

        return outcomes;
    }

    /// <summary>Every order of so many of the steps.</summary>
    public static IEnumerable<List<ClosingStep>> Orders(IReadOnlyList<ClosingStep> steps, int count)
    {
        if (count == 0)
        {
            return [[]];
        }

        return Enumerable.Range(0, steps.Count).SelectMany(first =>
            Orders([.. steps.Where((_, i) => i != first)], count - 1).Select(rest => (List<ClosingStep>)[steps[first], .. rest]));
    }
}
