using System.Net;
using Microsoft.Extensions.Logging;
using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Listening;

/// <summary>
/// The system has no descriptor or no memory for another connection. The listener would be told of it again and again, so it pauses; the
/// log says it once, and once that it is over.
/// </summary>
internal sealed class Shortage(ILogger logger, EndPoint endPoint)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private bool _isOn;

    public Task WaitAsync(int error, CancellationToken cancellationToken)
    {
        if (!_isOn)
        {
            _isOn = true;
            Log.Shortage(logger, endPoint, Errno.Exception(error).Message, Pause.TotalMilliseconds);
        }

        return Task.Delay(Pause, cancellationToken);
    }

    public void End()
    {
        if (_isOn)
        {
            _isOn = false;
            Log.ShortageOver(logger, endPoint);
        }
    }
}
