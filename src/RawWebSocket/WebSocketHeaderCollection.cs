using System.Collections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace RawWebSocket;

/// <summary>The headers of an opening request: a small, read-only copy. Names compare without regard to case.</summary>
/// <remarks>An array searched from the front: an opening request has few headers, and every connection keeps its own.</remarks>
public sealed class WebSocketHeaderCollection : IReadOnlyCollection<KeyValuePair<string, StringValues>>
{
    private readonly KeyValuePair<string, StringValues>[] _headers;

    internal WebSocketHeaderCollection(IHeaderDictionary headers)
    {
        _headers = new KeyValuePair<string, StringValues>[headers.Count];
        headers.CopyTo(_headers, 0);
    }

    /// <summary>How many names there are.</summary>
    public int Count => _headers.Length;

    /// <summary>The values of a header, empty when it was not sent.</summary>
    /// <param name="name">The header's name.</param>
    public StringValues this[string name]
    {
        get
        {
            foreach (var header in _headers)
            {
                if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase))
                {
                    return header.Value;
                }
            }

            return StringValues.Empty;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, StringValues>>)_headers).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
