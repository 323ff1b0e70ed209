namespace RawWebSocket.Hosting;

/// <summary>Guesses what somebody meant who has mistyped a name.</summary>
internal static class Spelling
{
    /// <summary>How many letters must be changed, added or left out to make one name of the other, in any case.</summary>
    public static int Distance(string first, string second)
    {
        var row = new int[second.Length + 1];
        for (var column = 0; column < row.Length; column++)
        {
            row[column] = column;
        }

        for (var line = 1; line <= first.Length; line++)
        {
            var diagonal = row[0];
            row[0] = line;
            for (var column = 1; column < row.Length; column++)
            {
                var isSame = char.ToUpperInvariant(first[line - 1]) == char.ToUpperInvariant(second[column - 1]);
                var changed = diagonal + (isSame ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(changed, 1 + Math.Min(row[column], row[column - 1]));
            }
        }

        return row[^1];
    }

    /// <summary>The name that is most like what was written; null when none is much like it.</summary>
    /// <param name="written">What was written.</param>
    /// <param name="candidates">What may have been meant; of two that are as close the first counts.</param>
    /// <param name="nameOf">A candidate's name.</param>
    public static T? Closest<T>(string written, IEnumerable<T> candidates, Func<T, string> nameOf)
        where T : class =>
        candidates
            .Select(candidate => (Candidate: candidate, Distance: Distance(written, nameOf(candidate))))
            .Where(entry => entry.Distance <= Math.Max(1, nameOf(entry.Candidate).Length / 3))
            .OrderBy(static entry => entry.Distance)
            .Select(static entry => entry.Candidate)
            .FirstOrDefault();
}
