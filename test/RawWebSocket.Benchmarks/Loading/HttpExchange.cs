using System.Text;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>A request as a program sends it, as often as is in flight, on a connection that stays.</summary>
internal sealed class HttpExchange : IExchange
{
    public HttpExchange(LoadPlan plan, int port)
    {
        var request = Encoding.ASCII.GetBytes($"GET {plan.Path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n\r\n");
        Sizes = [.. Enumerable.Repeat(request.Length, plan.InFlight)];
        Bytes = [.. Enumerable.Repeat(request, plan.InFlight).SelectMany(static bytes => bytes)];
    }

    public byte[] Bytes { get; }

    public IReadOnlyList<int> Sizes { get; }

    public IAnswerReader CreateReader() => new HttpReader();

    /// <summary>Every answer is of the status 200 and has the same body.</summary>
    private sealed class HttpReader : IAnswerReader
    {
        private const int Longest = 64 * 1024;

        private readonly byte[] _unread = new byte[Longest];
        private int _count;

        public int Read(ReadOnlySpan<byte> bytes)
        {
            if (!bytes.TryCopyTo(_unread.AsSpan(_count)))
            {
                throw Wrong("more than it was asked for");
            }

            _count += bytes.Length;
            var at = 0;
            var ended = 0;
            while (LengthOf(_unread.AsSpan(at, _count - at)) is > 0 and var length)
            {
                at += length;
                ended++;
            }

            _unread.AsSpan(at, _count - at).CopyTo(_unread);
            _count -= at;
            return ended;
        }

        // Of the first answer, when it is complete; otherwise 0.
        private static int LengthOf(ReadOnlySpan<byte> bytes)
        {
            var length = bytes.IndexOf("\r\n\r\n"u8) + 4 + HttpEngine.Answer.Length;
            if (length < HttpEngine.Answer.Length + 4 || length > bytes.Length)
            {
                return 0;
            }

            var answer = bytes[..length];
            return answer.StartsWith("HTTP/1.1 200 "u8) && answer.EndsWith(HttpEngine.Answer)
                ? length
                : throw Wrong(Encoding.Latin1.GetString(answer));
        }

        private static InvalidDataException Wrong(string what) => new($"The server answered a GET with: {what}");
    }
}
