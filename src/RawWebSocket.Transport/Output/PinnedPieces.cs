using System.Buffers;
using System.Runtime.CompilerServices;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Output;

/// <summary>Sends the beginning of a chain with one system call.</summary>
internal static unsafe class PinnedPieces
{
    private const int MostPieces = 32;

    /// <summary>Returns how many bytes the socket took, or the negative number of the error.</summary>
    public static int Send(int socket, OutputSegment head)
    {
        if (head.Next is null)
        {
            return SocketCalls.Send(socket, head.Filled.Span);
        }

        var pieces = stackalloc MemoryPiece[MostPieces];
        var pins = default(Pins);
        var count = 0;
        try
        {
            for (var each = head; each is not null && count < MostPieces; each = each.Next)
            {
                pins[count] = each.Filled.Pin();
                pieces[count] = new MemoryPiece { Start = (byte*)pins[count].Pointer, Length = (nuint)each.Count };
                count++;
            }

            return SocketCalls.Send(socket, new ReadOnlySpan<MemoryPiece>(pieces, count));
        }
        finally
        {
            for (var i = 0; i < count; i++)
            {
                pins[i].Dispose();
            }
        }
    }

    [InlineArray(MostPieces)]
    private struct Pins
    {
        private MemoryHandle _first;
    }
}
