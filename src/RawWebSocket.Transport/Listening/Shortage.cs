using System.Net;
using Microsoft.Extensions.Logging;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Listening;

/// <summary>
/// The system has no descriptor or no memory for another connection, or hardly any. The listener would be told of it again and again, so it
/// pauses; the log says it once, and once that it is over. For one accept at a time.
/// </summary>
internal sealed class Shortage(ILogger logger, EndPoint endPoint)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private bool _isLogged;
    private bool _isLow;

    /// <summary>Whether another connection may be accepted.</summary>
    public bool AllowsAnother()
    {
        _isLow = _isLow && DescriptorReserve.HasNext();
        return !_isLow;
    }

    /// <summary>One has been accepted.</summary>
    public void Accepted(int descriptor)
    {
        _isLow = DescriptorReserve.Has(descriptor);
        if (_isLogged && !_isLow)
        {
            _isLogged = false;
            Log.ShortageOver(logger, endPoint);
        }
    }

    /// <summary>There is none for another; waits before it is tried again.</summary>
    public Task WaitAsync(int error, CancellationToken cancellationToken)
    {
        if (!_isLogged)
        {
            _isLogged = true;
            Log.Shortage(logger, endPoint, Errno.Exception(error).Message, Pause.TotalMilliseconds);
        }

        return Task.Delay(Pause, cancellationToken);
    }
}
