namespace RawWebSocket.Fuzz.Engine;

/// <summary>Makes an input smaller as long as it breaks the same rule: drops ranges, long ones first, then makes bytes plain.</summary>
internal static class Minimizer
{
    private const int MaxExecutions = 5_000;

    // An input that is slow to fail, because something hangs, is not worth an hour.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static byte[] Minimize(FuzzTarget target, byte[] input, string signature)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var left = MaxExecutions;
        bool IsWorthIt() => left > 0 && clock.Elapsed < Patience;
        bool Fails(byte[] candidate)
        {
            left--;
            return Breaks(target, candidate, signature);
        }

        for (var length = Math.Max(1, input.Length / 2); length > 0 && IsWorthIt(); length /= 2)
        {
            for (var start = 0; start < input.Length && IsWorthIt();)
            {
                byte[] shorter = [.. input.AsSpan(0, start), .. input.AsSpan(Math.Min(start + length, input.Length))];
                if (Fails(shorter))
                {
                    input = shorter;
                }
                else
                {
                    start += length;
                }
            }
        }

        for (var i = 0; i < input.Length && IsWorthIt(); i++)
        {
            byte[] plainer = [.. input];
            plainer[i] = 0;
            if (input[i] != 0 && Fails(plainer))
            {
                input = plainer;
            }
        }

        return input;
    }

    private static bool Breaks(FuzzTarget target, byte[] input, string signature)
    {
        try
        {
            target.Execute(input, new Features());
            return false;
        }
        catch (Exception exception)
        {
            return Find.SignatureOf(exception) == signature;
        }
    }
}
