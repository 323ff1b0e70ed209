using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Connections.Transports;

/// <summary>
/// What the streams of one HTTP/2 connection have in common: its flow-control window. The server gives a window back only when what came
/// has been read, so streams that are held back can use up the whole of it. Then nothing reaches the others, and their silence says nothing
/// about their peers.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SharedWindow
{
    // Known by the connection below, and forgotten with it.
    private static readonly ConditionalWeakTable<object, SharedWindow> Windows = [];

    private readonly Lock _gate = new();
    private int _heldBack;
    private long _changes;

    /// <summary>A new stream's part in the window of its connection; null when the server does not tell which connection that is.</summary>
    public static Part? Join(IFeatureCollection features) =>
        features.Get<IConnectionLifetimeFeature>() is { } connection ? Windows.GetOrCreateValue(connection).Join() : null;

    public Part Join() => new(this);

    /// <summary>One stream's part.</summary>
    internal sealed class Part(SharedWindow window)
    {
        private long _seen = Volatile.Read(ref window._changes);
        private bool _isHeldBack;
        private bool _hasLeft;

        /// <summary>Says whether this stream is being read.</summary>
        public void HoldBack(bool holds) => Set(holds, leaves: false);

        /// <summary>The stream has ended: what it has not read counts no more, whatever is said from now on.</summary>
        public void Leave() => Set(holds: false, leaves: true);

        /// <summary>Whether a stream of the connection is being held back, or has been since this was last asked. For one who asks.</summary>
        public bool TakeHeldBack()
        {
            lock (window._gate)
            {
                var hasChanged = _seen != window._changes;
                _seen = window._changes;
                return hasChanged || window._heldBack > 0;
            }
        }

        private void Set(bool holds, bool leaves)
        {
            lock (window._gate)
            {
                holds &= !_hasLeft;
                _hasLeft |= leaves;
                if (holds != _isHeldBack)
                {
                    _isHeldBack = holds;
                    window._heldBack += holds ? 1 : -1;
                    window._changes++;
                }
            }
        }
    }
}
