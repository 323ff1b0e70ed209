using System.IO.Pipelines;

namespace RawWebSocket.Connections.Transports;

/// <summary>
/// What an upgrade brings: the transport, and what is read from and written to, which the connection hands on and does not keep.
/// </summary>
/// <param name="Transport">The transport.</param>
/// <param name="Input">Its input.</param>
/// <param name="Output">Its output.</param>
internal readonly record struct Upgraded(Transport Transport, PipeReader Input, PipeWriter Output);
