using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Listening;

/// <summary>
/// Some descriptors that are held for bad times. A runtime that finds none at all ends the process, because it cannot even start a thread.
/// So they are let go of when there are no others, and nothing is accepted before they are held again. Thread-safe.
/// </summary>
internal sealed class DescriptorReserve
{
    private const int Size = 8;
    private const int CloseOnExec = 0x80000;
    private readonly Stack<int> _held = new(Size);

    /// <summary>Holds all of them, or none; false if there are not enough.</summary>
    public bool TryHold()
    {
        lock (_held)
        {
            while (_held.Count < Size)
            {
                var descriptor = Libc.EventDescriptor(0, CloseOnExec);
                if (descriptor < 0)
                {
                    LetGo();
                    return false;
                }

                _held.Push(descriptor);
            }

            return true;
        }
    }

    public void LetGo()
    {
        lock (_held)
        {
            while (_held.TryPop(out var descriptor))
            {
                SocketCalls.Close(descriptor);
            }
        }
    }
}
