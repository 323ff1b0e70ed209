using Microsoft.AspNetCore.Http;
using RawWebSocket.Testing.Transports;

namespace RawWebSocket.Testing.Handshakes;

/// <summary>What the server answered: the transport after a 101, the body after anything else.</summary>
internal sealed record HandshakeAnswer(int StatusCode, IHeaderDictionary Headers, Transport? Transport, string Body);
