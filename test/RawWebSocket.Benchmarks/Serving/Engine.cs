namespace RawWebSocket.Benchmarks.Serving;

/// <summary>Who serves.</summary>
public enum Engine
{
    /// <summary>RawWebSocket.</summary>
    Raw,

    /// <summary>ASP.NET Core's own <c>UseWebSockets</c>.</summary>
    BuiltIn,

    /// <summary>A bare loop over the connection's pipe: what no server on Kestrel can be faster than.</summary>
    Floor,
}
