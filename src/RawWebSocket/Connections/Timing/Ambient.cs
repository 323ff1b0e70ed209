using System.Globalization;

namespace RawWebSocket.Connections.Timing;

/// <summary>
/// Makes what is first needed under a request and outlives it, such as a timer for all connections. A timer and an asynchronous loop keep
/// the execution context they began in, and with it everything that flowed with that request: its activity, its
/// <c>HttpContext</c> where there is an accessor, whatever the application has put into an <see cref="AsyncLocal{T}"/>.
/// </summary>
internal static class Ambient
{
    /// <summary>Makes it without the caller's execution context.</summary>
    public static T Without<TState, T>(TState state, Func<TState, T> make)
    {
        using (ExecutionContext.SuppressFlow())
        {
            return make(state);
        }
    }

    /// <summary>Begins on the thread pool what goes on without its request. Of the caller's execution context only the culture goes along.</summary>
    public static void LeaveFor<TState>(TState state, Action<TState> begin)
    {
        var (culture, uiCulture) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                // Where it is the same nothing need be kept for it.
                if (!ReferenceEquals(CultureInfo.CurrentCulture, culture))
                {
                    CultureInfo.CurrentCulture = culture;
                }

                if (!ReferenceEquals(CultureInfo.CurrentUICulture, uiCulture))
                {
                    CultureInfo.CurrentUICulture = uiCulture;
                }

                begin(state);
            },
            null);
    }
}
