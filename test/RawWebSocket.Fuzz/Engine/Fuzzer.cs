using System.Diagnostics;

namespace RawWebSocket.Fuzz.Engine;

/// <summary>
/// Runs one target on mutations of its corpus, and takes into the corpus what showed something new. The same seed and the same number
/// of executions do the same again.
/// </summary>
internal sealed class Fuzzer
{
    private readonly FuzzTarget _target;
    private readonly Random _random;
    private readonly Features _features = new();
    private readonly List<byte[]> _corpus = [];
    private readonly Dictionary<string, Find> _finds = [];
    private long _startedAt;

    public Fuzzer(FuzzTarget target, int seed)
    {
        _target = target;
        _random = new Random(seed);
    }

    public FuzzTarget Target => _target;

    public long Executions { get; private set; }

    /// <summary>How many inputs the corpus holds now.</summary>
    public int CorpusSize => _corpus.Count;

    /// <summary>How many of them were made here.</summary>
    public int Discoveries { get; private set; }

    public int FeatureCount => _features.Count;

    public IReadOnlyCollection<Find> Finds => _finds.Values;

    /// <summary>Told of an input that showed something new.</summary>
    public Action<byte[]>? OnDiscovery { get; init; }

    /// <summary>Told of a rule that was broken, once for each rule.</summary>
    public Action<Find>? OnFind { get; init; }

    /// <summary>What runs now, for a watchdog; null when nothing does.</summary>
    public byte[]? Running { get; private set; }

    /// <summary>For how long it has.</summary>
    public TimeSpan RunningFor => Stopwatch.GetElapsedTime(Volatile.Read(ref _startedAt));

    /// <summary>Runs an input of the corpus in the repository and keeps it.</summary>
    public void AddSeed(byte[] input)
    {
        TryExecute(input);
        _corpus.Add(input);
    }

    /// <summary>Runs one mutation.</summary>
    public void Step()
    {
        var input = _target.Mutate(Pick(), Pick(), _random);
        if (input.Length > _target.MaxInputLength)
        {
            input = input[.._target.MaxInputLength];
        }

        if (TryExecute(input) && _features.New > 0)
        {
            _corpus.Add(input);
            Discoveries++;
            OnDiscovery?.Invoke(input);
        }
    }

    // Of two, mostly the shorter: it runs faster and has less in it that does not matter.
    private byte[] Pick()
    {
        var (first, second) = (PickAny(), PickAny());
        return first.Length <= second.Length || _random.OneIn(8) ? first : second;
    }

    // What was found last has been tried least, so it is picked more often.
    private byte[] PickAny()
    {
        var recent = Math.Max(1, _corpus.Count / 8);
        return _random.OneIn(2) ? _corpus[^(1 + _random.Next(recent))] : _corpus[_random.Next(_corpus.Count)];
    }

    private bool TryExecute(byte[] input)
    {
        Executions++;
        _features.Begin();
        Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
        Running = input;
        try
        {
            _target.Execute(input, _features);
            return true;
        }
        catch (Exception exception)
        {
            Note(input, exception);
            return false;
        }
        finally
        {
            Running = null;
        }
    }

    private void Note(byte[] input, Exception exception)
    {
        var signature = Find.SignatureOf(exception);
        if (_finds.TryGetValue(signature, out var known))
        {
            known.Count++;
            return;
        }

        var smallest = Minimizer.Minimize(_target, input, signature);
        var find = new Find(_target, signature, smallest, exception);
        _finds.Add(signature, find);
        OnFind?.Invoke(find);
    }
}
