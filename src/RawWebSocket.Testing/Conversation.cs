using System.Text;

namespace RawWebSocket.Testing;

/// <summary>The last things that went to and fro, for the messages of failed tests. Thread-safe.</summary>
internal sealed class Conversation
{
    private const int Kept = 10;
    private readonly Queue<string> _last = new();
    private int _forgotten;

    public void Note(string what)
    {
        lock (_last)
        {
            _last.Enqueue(what);
            if (_last.Count > Kept)
            {
                _last.Dequeue();
                _forgotten++;
            }
        }
    }

    public override string ToString()
    {
        lock (_last)
        {
            if (_last.Count == 0)
            {
                return "Nothing had gone to and fro before.";
            }

            var text = new StringBuilder("What had gone to and fro before:");
            if (_forgotten > 0)
            {
                text.AppendLine().Append("  … ").Append(_forgotten).Append(" more");
            }

            foreach (var what in _last)
            {
                text.AppendLine().Append("  ").Append(what);
            }

            return text.ToString();
        }
    }
}
