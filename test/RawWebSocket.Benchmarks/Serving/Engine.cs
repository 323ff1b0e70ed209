namespace RawWebSocket.Benchmarks.Serving;

/// <summary>Who serves.</summary>
public enum Engine
{
    /// <summary>RawWebSocket.</summary>
    Raw,

    /// <summary>ASP.NET Core's own <c>UseWebSockets</c>.</summary>
    BuiltIn,

    /// <summary>A bare loop over the connection's pipe: what no echo on Kestrel can be much faster than.</summary>
    Floor,

    /// <summary>An application without WebSockets, which answers a GET.</summary>
    Http,
}
