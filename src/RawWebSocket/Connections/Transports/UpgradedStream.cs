using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Connections.Transports;

/// <summary>
/// What belongs to a transport that is a stream: one of HTTP/2 (RFC 8441), whose two directions end apart and which shares a connection
/// with others; or whatever the server gave for the upgrade, of which no more is known than its output.
/// </summary>
internal sealed class UpgradedStream
{
    // RFC 8441 section 5: "RST exceptions are represented with the RST_STREAM frame … with the CANCEL (8) error code."
    private const int Cancel = 0x8;

    // The same of HTTP/3 (RFC 9220 section 3).
    private const int RequestCancelled = 0x10C;

    private readonly IHttpResponseBodyFeature? _response;
    private readonly IHttpResetFeature? _reset;
    private readonly int _resetCode;

    /// <param name="output">What is written to, and this side's to complete.</param>
    /// <param name="context">The request whose stream it is; null when the connection was HTTP/1.1's.</param>
    public UpgradedStream(PipeWriter output, HttpContext? context = null)
    {
        Output = output;
        if (context is not null)
        {
            _response = context.Features.Get<IHttpResponseBodyFeature>();
            _reset = context.Features.Get<IHttpResetFeature>();
            _resetCode = ResetCode(context);
            Window = SharedWindow.Join(context.Features);
        }
    }

    public PipeWriter Output { get; }

    /// <summary>Its part in the flow-control window of the connection that it shares.</summary>
    public SharedWindow.Part? Window { get; }

    /// <summary>Whether this side can end its direction and still read the other.</summary>
    public bool EndsByHalves => _response is not null;

    /// <summary>Drops a request that asks for a stream, before there is one.</summary>
    public static void Abort(HttpContext context)
    {
        if (context.Features.Get<IHttpResetFeature>() is { } reset)
        {
            reset.Reset(ResetCode(context));
        }
        else
        {
            context.Abort();
        }
    }

    /// <summary>Drops the stream.</summary>
    public void Abort(IHttpRequestLifetimeFeature lifetime)
    {
        Window?.Leave();
        if (_reset is not null)
        {
            _reset.Reset(_resetCode);
        }
        else
        {
            lifetime.Abort();
        }
    }

    /// <summary>Ends this side's direction, once all that was written has left.</summary>
    public async Task EndOutputAsync()
    {
        try
        {
            await Output.CompleteAsync().ConfigureAwait(false);
            if (_response is not null)
            {
                await _response.CompleteAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (Transport.IsDisconnect(exception))
        {
            // What was not flushed has nowhere to go any more.
        }
    }

    private static int ResetCode(HttpContext context) => HttpProtocol.IsHttp3(context.Request.Protocol) ? RequestCancelled : Cancel;
}
