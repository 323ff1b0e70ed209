using System.Diagnostics;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>One run of the load generator against one server: warms up, counts for a while, says what it saw.</summary>
internal sealed class LoadRun(LoadPlan plan, int port) : IDisposable
{
    private const int PatienceMilliseconds = 10_000;

    // What opens a connection is compiled, and its pools are filled, before connections are counted.
    private const int Rehearsal = 500;

    // What a message needs is loaded as well. Only few speak, because what they leave behind the others would find.
    private const int Speakers = 4;

    // A server may say 101 before it has made a connection a member of anything, so that the first broadcast may miss some of the last.
    private const int QuietMilliseconds = 300;

    private readonly Crowd _crowd = new(plan, port);
    private readonly StatsReader _stats = new(port);
    private readonly LatencyHistogram _latencies = new();
    private LatencyHistogram? _counted;
    private readonly int[] _leftOfBurst = new int[plan.Connections];
    private readonly long[] _burstBegun = new long[plan.Connections];
    private int _outstanding;
    private long _sentToAllAt;
    private long _received;

    public LoadResult Run()
    {
        // Not the first request that the counting begins with: it makes both sides compile.
        _stats.Read();
        return plan.Mode switch
        {
            LoadMode.Idle => RunIdle(speak: false),
            LoadMode.Spoken => RunIdle(speak: true),
            LoadMode.Storm => RunStorm(),
            _ => RunTraffic(),
        };
    }

    public void Dispose()
    {
        _crowd.Dispose();
        _stats.Dispose();
    }

    // In the other modes a message is no round trip.
    private bool HasLatencies => plan.Mode is LoadMode.Echo or LoadMode.Get;

    private LoadResult RunIdle(bool speak)
    {
        for (var step = 0; step < plan.Rehearsals; step++)
        {
            Rehearse(speak);
        }

        // What the rehearsals have left behind would take in some of the connections.
        _stats.GiveBack();
        return Count(() =>
        {
            _crowd.Open(plan.Connections);
            if (speak)
            {
                SpeakOnce(_crowd.Count);
            }

            _stats.AwaitRest();
            if (!speak)
            {
                // An idle connection is judged by what it holds, one that has spoken by what it has cost, garbage and all.
                _stats.GiveBack();
            }

            return plan.Connections;
        });
    }

    private void SpeakOnce(int count)
    {
        // In turn, as people speak: all at once would measure how much a crowd needs at the same time.
        for (var tag = 0; tag < count; tag++)
        {
            _crowd[tag].Send(1, Peer.Now, _crowd.Poll, tag);
            for (var messages = 0; messages == 0;)
            {
                messages = DriveOnce();
            }
        }
    }

    private LoadResult RunStorm()
    {
        Rehearse(speak: false);

        // Otherwise it is a matter of luck whether the connections of the storms before are collected in this one.
        _stats.Collect();
        return Count(() =>
        {
            _crowd.Open(plan.Connections);
            return plan.Connections;
        });
    }

    private LoadResult RunTraffic()
    {
        _crowd.Open(plan.Connections);
        if (plan.Mode == LoadMode.Broadcast)
        {
            RehearseBroadcast();
            SendToAll(Peer.Now);
        }
        else
        {
            SendFirst();
        }

        Drive(plan.WarmUp);
        return Count(() =>
        {
            _counted = _latencies;
            return Drive(plan.Duration);
        });
    }

    private LoadResult Count(Func<long> load)
    {
        var before = _stats.Read();
        var cpu = Environment.CpuUsage.TotalTime;
        _received = 0;
        var begun = Peer.Now;
        var count = load();
        var took = Stopwatch.GetElapsedTime(begun);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        return new LoadResult(
            count,
            took.TotalSeconds,
            _received,
            cpu.TotalSeconds,
            _latencies.Quantile(0.5),
            _latencies.Quantile(0.99),
            _latencies.Quantile(0.999),
            before,
            _stats.Read());
    }

    private void Rehearse(bool speak)
    {
        _crowd.Open(Math.Min(plan.Connections, Rehearsal));
        if (speak)
        {
            SpeakOnce(Math.Min(plan.Connections, Speakers));
        }

        _crowd.Close();
        _stats.AwaitRest();
    }

    private void RehearseBroadcast()
    {
        // So that it is not over when the last delivery comes: there may be one too few.
        _outstanding = int.MaxValue;
        _crowd[0].Send(1, Peer.Now, _crowd.Poll, 0);
        for (var ready = _crowd.Poll.Wait(PatienceMilliseconds); ready > 0; ready = _crowd.Poll.Wait(QuietMilliseconds))
        {
            for (var i = 0; i < ready; i++)
            {
                Attend(i);
            }
        }
    }

    private void SendFirst()
    {
        Array.Fill(_leftOfBurst, LoadPlan.BurstLength);
        Array.Fill(_burstBegun, Peer.Now);
        for (var tag = 0; tag < _crowd.Count; tag++)
        {
            _crowd[tag].Send(plan.InFlight, Peer.Now, _crowd.Poll, tag);
        }
    }

    private void SendToAll(long now)
    {
        _sentToAllAt = now;
        _outstanding = _crowd.Count;
        _crowd[0].Send(1, now, _crowd.Poll, 0);
    }

    private long Drive(TimeSpan time)
    {
        var end = Peer.Now + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var messages = 0L;
        while (Peer.Now < end)
        {
            messages += DriveOnce();
        }

        return messages;
    }

    private int DriveOnce()
    {
        var ready = _crowd.Poll.Wait(PatienceMilliseconds);
        if (ready == 0)
        {
            throw new TimeoutException("The server has fallen silent.");
        }

        var messages = 0;
        for (var i = 0; i < ready; i++)
        {
            messages += Attend(i);
        }

        return messages;
    }

    private int Attend(int index)
    {
        var tag = _crowd.Poll.TagOf(index);
        var peer = _crowd[tag];
        if (_crowd.Poll.IsWritable(index))
        {
            peer.SendRest(_crowd.Poll, tag);
        }

        if (!_crowd.Poll.IsReadable(index))
        {
            return 0;
        }

        var received = peer.Receive(_crowd.Buffer);
        _received += received;
        var now = Peer.Now;
        var messages = peer.Take(_crowd.Buffer.AsSpan(0, received), now, HasLatencies ? _counted : null);
        if (messages > 0)
        {
            GoOn(peer, tag, messages, now);
        }

        return messages;
    }

    private void GoOn(Peer peer, int tag, int messages, long now)
    {
        switch (plan.Mode)
        {
            case LoadMode.Echo or LoadMode.Get:
                peer.Send(messages, now, _crowd.Poll, tag);
                break;
            case LoadMode.Burst when (_leftOfBurst[tag] -= messages) == 0:
                _counted?.Add(now - _burstBegun[tag]);
                (_leftOfBurst[tag], _burstBegun[tag]) = (LoadPlan.BurstLength, now);
                peer.Send(1, now, _crowd.Poll, tag);
                break;
            case LoadMode.Broadcast:
                TakeDelivery(messages, now);
                break;
        }
    }

    private void TakeDelivery(int messages, long now)
    {
        _outstanding -= messages;
        if (_outstanding == 0)
        {
            _counted?.Add(now - _sentToAllAt);
            SendToAll(now);
        }
    }
}
