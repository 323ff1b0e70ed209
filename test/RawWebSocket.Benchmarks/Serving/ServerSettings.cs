namespace RawWebSocket.Benchmarks.Serving;

/// <summary>How a server is started.</summary>
/// <param name="Engine">Who serves.</param>
/// <param name="Port">Where, on 127.0.0.1; 0 takes a free one.</param>
/// <param name="Host">How the host is set up.</param>
/// <param name="Compression">Whether permessage-deflate is accepted when it is offered.</param>
/// <param name="ReceiveBuffer">The buffer that the built-in receives into, in bytes.</param>
internal sealed record ServerSettings(Engine Engine, int Port, HostSetup Host, DeflateMode Compression, int ReceiveBuffer)
{
    // What Microsoft's documentation uses for its echo.
    private const int UsualReceiveBuffer = 4096;

    public static ServerSettings From(Arguments arguments) => new(
        arguments.OneOf("--engine", Engine.Raw),
        arguments.CountOf("--port", 0),
        arguments.OneOf("--host", HostSetup.Default),
        arguments.OneOf("--deflate", DeflateMode.Off),
        arguments.CountOf("--receive-buffer", UsualReceiveBuffer));
}
