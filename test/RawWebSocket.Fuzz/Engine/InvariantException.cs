namespace RawWebSocket.Fuzz.Engine;

/// <summary>A rule that must hold for every input did not.</summary>
/// <param name="invariant">The rule, in words that are the same for all inputs that break it.</param>
/// <param name="details">How this input broke it.</param>
internal sealed class InvariantException(string invariant, string details) : Exception($"{invariant} {details}")
{
    public string Invariant { get; } = invariant;
}

internal static class Invariant
{
    /// <param name="holds">Whether it does.</param>
    /// <param name="invariant">The rule, such as <c>Nothing follows a close frame.</c></param>
    /// <param name="details">How it was broken.</param>
    public static void Holds(bool holds, string invariant, Func<string>? details = null)
    {
        if (!holds)
        {
            throw new InvariantException(invariant, details?.Invoke() ?? "");
        }
    }
}
