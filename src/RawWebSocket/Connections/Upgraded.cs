using System.IO.Pipelines;
using System.Net.Sockets;

namespace RawWebSocket.Connections;

/// <summary>
/// What an upgrade brings: the transport, and what is read from and written to, which the connection hands on and does not keep.
/// </summary>
/// <param name="Transport">The transport.</param>
/// <param name="Input">Its input.</param>
/// <param name="Output">Its output.</param>
/// <param name="Socket">The socket that the output ends in, if frames may be sent through it.</param>
internal readonly record struct Upgraded(Transport Transport, PipeReader Input, PipeWriter Output, SafeSocketHandle? Socket = null);
