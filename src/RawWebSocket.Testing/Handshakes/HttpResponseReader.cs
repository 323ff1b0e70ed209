using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using RawWebSocket.Testing.Frames;

namespace RawWebSocket.Testing.Handshakes;

/// <summary>Reads one HTTP/1.1 response (RFC 9112), taking no byte beyond it out of the buffer.</summary>
internal sealed class HttpResponseReader(Stream stream)
{
    public ReceiveBuffer Buffer { get; } = new();

    public async Task<(int StatusCode, IHeaderDictionary Headers)> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var statusLine = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        var parts = statusLine.Split(' ', 3);
        if (parts.Length < 2 || !parts[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || !int.TryParse(parts[1], out var statusCode))
        {
            throw new ServerViolationException($"The server did not answer in HTTP/1.1 but with: {statusLine}");
        }

        var headers = new HeaderDictionary();
        while (await ReadLineAsync(cancellationToken).ConfigureAwait(false) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1)
            {
                throw new ServerViolationException($"The server sent a header line without a name: {line}");
            }

            headers.Append(line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
        }

        return (statusCode, headers);
    }

    public async Task<string> ReadBodyAsync(IHeaderDictionary headers, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        if (headers.TransferEncoding.ToString().EndsWith("chunked", StringComparison.OrdinalIgnoreCase))
        {
            await ReadChunksAsync(body, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await ReadBytesAsync(body, headers.ContentLength ?? long.MaxValue, cancellationToken).ConfigureAwait(false);
        }

        return Encoding.UTF8.GetString(body.ToArray());
    }

    private async Task ReadChunksAsync(MemoryStream body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
            var length = long.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                return;
            }

            await ReadBytesAsync(body, length, cancellationToken).ConfigureAwait(false);
            await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadBytesAsync(MemoryStream body, long length, CancellationToken cancellationToken)
    {
        while (length > 0 && (!Buffer.Unread.IsEmpty || await FillAsync(cancellationToken).ConfigureAwait(false)))
        {
            var count = (int)Math.Min(length, Buffer.Unread.Length);
            body.Write(Buffer.Unread.Span[..count]);
            Buffer.Consume(count);
            length -= count;
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = Buffer.Unread.Span.IndexOf("\r\n"u8);
            if (end >= 0)
            {
                var line = Encoding.UTF8.GetString(Buffer.Unread.Span[..end]);
                Buffer.Consume(end + 2);
                return line;
            }

            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new EndOfStreamException("The connection ended in the middle of the response.");
            }
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        var count = await stream.ReadAsync(Buffer.Room(), cancellationToken).ConfigureAwait(false);
        Buffer.Received(count);
        return count > 0;
    }
}
