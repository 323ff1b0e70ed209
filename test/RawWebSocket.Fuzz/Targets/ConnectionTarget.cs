using RawWebSocket.Fuzz.Connections;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;
using RawWebSocket.Fuzz.Mutations;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>A whole connection over pipes in memory: receive loop, queues, closing, keep-alive and limits, for many applications.</summary>
internal sealed class ConnectionTarget : FuzzTarget, IDisposable
{
    private readonly RentedArrays _rented = new();

    public override string Name => "connection";

    public override int Share => 6;

    public override int MaxInputLength => 100_000;

    public override byte[] Mutate(byte[] input, byte[] other, Random random) =>
        WireMutations.Mutate(input, other, ConnectionSettings.Size, random);

    public override void Execute(byte[] input, Features features)
    {
        if (input.Length < ConnectionSettings.Size)
        {
            return;
        }

        // With a context of somebody else's, continuations would go to other threads.
        SynchronizationContext.SetSynchronizationContext(null);
        var settings = new ConnectionSettings(input);
        var wire = input.AsSpan(ConnectionSettings.Size);
        var model = new WireModel(settings.MaxMessageSize);
        model.Read(wire);
        var pool = new CountingMemoryPool();
        _rented.Begin();
        using (var drive = new ConnectionDrive(settings, pool))
        {
            Run(settings, drive, wire, model, features);
        }

        ConnectionRules.CheckMemory(settings, _rented, pool);
        _rented.End();
    }

    public void Dispose() => _rented.Dispose();

    private static void Run(
        ConnectionSettings settings, ConnectionDrive drive, ReadOnlySpan<byte> wire, WireModel model, Features features)
    {
        var said = model.Events;
        var isEcho = EchoRules.ApplyTo(settings);
        if (isEcho)
        {
            drive.Run(wire, EchoRules.EndOf(settings, model), sent => EchoRules.IsAnswered(said, sent));
        }
        else
        {
            drive.Run(wire, EndsBy.Time, hasHeardAll: null);
        }

        var sent = ServerWire.Read(drive.Output);
        Describe(settings, drive, said, sent, features);
        WireFeatures.Describe(wire, features);
        ConnectionRules.Check(settings, drive, sent);
        if (isEcho)
        {
            EchoRules.Check(settings, drive, said, sent);
        }
    }

    private static void Describe(
        ConnectionSettings settings, ConnectionDrive drive, List<ModelEvent> said, ServerWire sent, Features features)
    {
        var application = (int)settings.Application;
        var closure = drive.Closure;
        features.Add('c', (int)closure.Code, application);
        features.Add('b', (int)closure.By + (10 * (int)settings.Ending), application);
        features.Add('l', closure.Limit is { } limit ? 1 + (int)limit : 0, application);
        features.Add('o', drive.HasSaidAll ? 1 : 0, application + ((sent.Unfinished is null ? 0 : 1) << 8) + (sent.Rest == 0 ? 0 : 1 << 9));
        features.Add('t', settings.OutputThreshold, (int)settings.Reads + (application << 4) + (settings.OverStream ? 8 : 0));
        foreach (var entry in drive.Logger.Entries)
        {
            features.Add('g', entry.Id, application);
        }

        foreach (var frame in sent.Events)
        {
            features.AddStep('s', (int)frame.Kind, application);
        }

        foreach (var frame in said)
        {
            features.AddStep('r', (int)frame.Kind, frame.Fault is null ? 0 : (int)frame.Fault.Code);
        }

        features.Add('m', Features.Magnitude(sent.Events.Count), application);
    }
}
