using System.Collections;
using System.Text;
using Microsoft.Extensions.Primitives;
using RawWebSocket.Handshake;

namespace RawWebSocket;

/// <summary>The headers of an opening request: a small, read-only copy. Names compare without regard to case.</summary>
/// <remarks>It is searched from the front, and gives new strings each time: every connection keeps its own, and few ask.</remarks>
public sealed class WebSocketHeaderCollection : IReadOnlyCollection<KeyValuePair<string, StringValues>>
{
    private readonly PackedStrings _strings;
    private readonly int _start;

    // Name and value in turn, from an offset to the end; a name with many values stands before each.
    internal WebSocketHeaderCollection(PackedStrings strings, int start)
    {
        _strings = strings;
        _start = start;
    }

    /// <summary>How many names there are.</summary>
    public int Count
    {
        get
        {
            using var each = GetEnumerator();
            var count = 0;
            while (each.MoveNext())
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>The values of a header, empty when it was not sent.</summary>
    /// <param name="name">The header's name.</param>
    public StringValues this[string name]
    {
        get
        {
            var values = StringValues.Empty;
            for (var offset = _start; _strings.HasMore(offset);)
            {
                var isIt = Ascii.EqualsIgnoreCase(_strings.Next(ref offset), name);
                var value = _strings.Next(ref offset);
                if (isIt)
                {
                    values = StringValues.Concat(values, Encoding.UTF8.GetString(value));
                }
            }

            return values;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator()
    {
        string? name = null;
        var values = StringValues.Empty;
        for (var offset = _start; _strings.HasMore(offset);)
        {
            var next = Encoding.UTF8.GetString(_strings.Next(ref offset));
            if (name is not null && next != name)
            {
                yield return new(name, values);
                values = StringValues.Empty;
            }

            name = next;
            values = StringValues.Concat(values, Encoding.UTF8.GetString(_strings.Next(ref offset)));
        }

        if (name is not null)
        {
            yield return new(name, values);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
