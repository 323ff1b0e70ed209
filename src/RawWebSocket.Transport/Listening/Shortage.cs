using System.Net;
using Microsoft.Extensions.Logging;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Listening;

/// <summary>
/// The system has no descriptor or no memory for another connection. The listener would be told of it again and again, so it pauses; the
/// log says it once, and once that it is over. For one accept at a time.
/// </summary>
internal sealed class Shortage(ILogger logger, EndPoint endPoint)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly DescriptorReserve _reserve = new();
    private bool _isOn;

    /// <summary>Whether another connection may be accepted: not as long as there are hardly any descriptors.</summary>
    public bool AllowsAnother() => _reserve.TryHold();

    /// <summary>There is none; waits before it is tried again.</summary>
    public Task WaitAsync(int error, CancellationToken cancellationToken)
    {
        _reserve.LetGo();
        if (!_isOn)
        {
            _isOn = true;
            Log.Shortage(logger, endPoint, Errno.Exception(error).Message, Pause.TotalMilliseconds);
        }

        return Task.Delay(Pause, cancellationToken);
    }

    /// <summary>One has been accepted.</summary>
    public void End()
    {
        if (_isOn)
        {
            _isOn = false;
            Log.ShortageOver(logger, endPoint);
        }
    }

    /// <summary>None will be accepted any more.</summary>
    public void LetGo() => _reserve.LetGo();
}
