using System.Globalization;

namespace RawWebSocket.Fuzz.Engine;

/// <summary>What the command line asks for.</summary>
internal sealed class FuzzArguments
{
    public const string Usage = """
        dotnet run -c Release --project test/RawWebSocket.Fuzz -- [options]

          --minutes N       how long to run, all targets together; default 1, fractions allowed
          --executions N    how many executions of each target, instead of a time
          --target NAME     only this target; may be given several times
          --seed N          another sequence of mutations; default 1
          --save-corpus     keep inputs that show something new, in the corpus of the repository
          --finds PATH      where to write inputs that break a rule; default artifacts/fuzz
          --replay FILE     run this one input of the target that --target names, and nothing else; --executions times, or once
        """;

    public TimeSpan Time { get; private set; } = TimeSpan.FromMinutes(1);

    /// <summary>Null when <see cref="Time"/> counts.</summary>
    public long? Executions { get; private set; }

    public int Seed { get; private set; } = 1;

    public List<string> Targets { get; } = [];

    public bool SavesCorpus { get; private set; }

    public string Finds { get; private set; } = Path.Combine("artifacts", "fuzz");

    public string? Replay { get; private set; }

    /// <exception cref="FormatException">An option is unknown, or its value is missing or wrong.</exception>
    public static FuzzArguments Parse(IEnumerable<string> arguments)
    {
        var parsed = new FuzzArguments();
        var words = new Queue<string>(arguments);
        while (words.TryDequeue(out var option))
        {
            parsed.Set(option, () => words.TryDequeue(out var value) ? value : throw new FormatException($"{option} needs a value."));
        }

        return parsed;
    }

    private void Set(string option, Func<string> value)
    {
        switch (option)
        {
            case "--minutes":
                Time = TimeSpan.FromMinutes(double.Parse(value(), CultureInfo.InvariantCulture));
                break;
            case "--executions":
                Executions = long.Parse(value(), CultureInfo.InvariantCulture);
                break;
            case "--seed":
                Seed = int.Parse(value(), CultureInfo.InvariantCulture);
                break;
            case "--target":
                Targets.Add(value());
                break;
            case "--save-corpus":
                SavesCorpus = true;
                break;
            case "--finds":
                Finds = value();
                break;
            case "--replay":
                Replay = value();
                break;
            default:
                throw new FormatException($"{option} is no option.");
        }
    }
}
