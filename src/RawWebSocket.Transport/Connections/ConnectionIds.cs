namespace RawWebSocket.Transport.Connections;

/// <summary>Numbers that no other connection of the process has, nor probably one of a process before it, of 13 digits.</summary>
internal static class ConnectionIds
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    private const int Length = 13;
    private static long _last = DateTime.UtcNow.Ticks;

    public static long Next() => Interlocked.Increment(ref _last);

    public static string Text(long number) => string.Create(Length, number, static (text, value) =>
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(value & 31)];
            value >>>= 5;
        }
    });
}
