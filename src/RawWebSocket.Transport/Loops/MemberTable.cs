namespace RawWebSocket.Transport.Loops;

/// <summary>
/// Who stands behind the number that epoll gives back. A place is used again, with another generation: so an event that was fetched before
/// its descriptor was closed reaches nobody. Any thread adds; only the loop's thread looks and removes.
/// </summary>
internal sealed class MemberTable
{
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private Slot[] _slots = new Slot[64];
    private int _used;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Gives a place, and returns what epoll is to give back.</summary>
    public ulong Add(ILoopMember member)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var place))
            {
                place = _used++;
                if (place == _slots.Length)
                {
                    var longer = new Slot[place * 2];
                    _slots.CopyTo(longer, 0);
                    Volatile.Write(ref _slots, longer);
                }
            }

            member.Place = place;
            _slots[place].Member = member;
            Volatile.Write(ref _count, _count + 1);
            return ((ulong)_slots[place].Generation << 32) | (uint)place;
        }
    }

    /// <summary>Null when whoever was meant is gone.</summary>
    public ILoopMember? Find(ulong data)
    {
        var slots = Volatile.Read(ref _slots);
        var place = (uint)data;
        return place < slots.Length && slots[place].Generation == (uint)(data >> 32) ? slots[place].Member : null;
    }

    public void Remove(int place)
    {
        lock (_gate)
        {
            _slots[place].Member = null;
            _slots[place].Generation++;
            _free.Push(place);
            Volatile.Write(ref _count, _count - 1);
        }
    }

    private struct Slot
    {
        public ILoopMember? Member;
        public uint Generation;
    }
}
