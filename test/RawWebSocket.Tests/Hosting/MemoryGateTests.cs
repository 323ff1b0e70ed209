using Microsoft.Extensions.Logging.Abstractions;
using RawWebSocket.Hosting;

namespace RawWebSocket.Tests.Hosting;

public class MemoryGateTests
{
    private static readonly MemoryReading Plenty = new(Heap: 50, MaxHeap: 100, Own: 60, MaxOwn: 120);
    private static readonly MemoryReading Short = Plenty with { Heap = 81 };

    private readonly ManualTimeProvider _time = new();
    private readonly MemoryGate _gate;
    private MemoryReading _reading = Plenty;
    private int _readings;
    private int _collections;

    public MemoryGateTests() => _gate = new MemoryGate(
        _time,
        new RawWebSocketServerOptions(),
        NullLogger.Instance,
        () =>
        {
            _readings++;
            return _reading;
        },
        () => _collections++);

    [Fact]
    public void It_closes_when_memory_is_short_and_opens_when_it_is_not()
    {
        _gate.IsClosed.ShouldBeFalse();
        _reading = Short;
        Later(100);
        _gate.IsClosed.ShouldBeTrue();
        _reading = Plenty;
        Later(100);
        _gate.IsClosed.ShouldBeFalse();
    }

    [Fact]
    public void The_figures_are_taken_ten_times_a_second_at_most()
    {
        for (var i = 0; i < 1000; i++)
        {
            _ = _gate.IsClosed;
            Later(1);
        }

        _readings.ShouldBe(10);
    }

    [Fact]
    public void What_may_be_garbage_is_collected_while_it_is_closed_once_in_five_seconds()
    {
        _ = _gate.IsClosed;
        _collections.ShouldBe(0);
        _reading = Short;
        for (var i = 0; i < 100; i++)
        {
            Later(100);
            _gate.IsClosed.ShouldBeTrue();
        }

        _collections.ShouldBe(2);
    }

    [Fact]
    public void One_whose_figures_cannot_be_taken_is_not_stuck()
    {
        var fails = true;
        var gate = new MemoryGate(
            _time,
            new RawWebSocketServerOptions(),
            NullLogger.Instance,
            () => fails ? throw new InvalidOperationException() : Short,
            () => { });
        Should.Throw<InvalidOperationException>(() => gate.IsClosed);
        fails = false;
        Later(100);
        gate.IsClosed.ShouldBeTrue();
    }

    [Theory]
    [InlineData(80, 0, false)]
    [InlineData(81, 0, true)]
    [InlineData(0, 120, false)]
    [InlineData(0, 121, true)]
    public void The_heap_and_the_process_each_have_a_mark(long heap, long own, bool isShort) =>
        new MemoryReading(heap, MaxHeap: 100, own, MaxOwn: 120).IsShort(0.8).ShouldBe(isShort);

    [Fact]
    public void The_figures_of_this_process_make_sense()
    {
        var reading = MemoryReading.Take();
        reading.Heap.ShouldBeGreaterThan(0);
        reading.MaxHeap.ShouldBeGreaterThan(reading.Heap);
        reading.Own.ShouldBeGreaterThan(0);
        reading.MaxOwn.ShouldBeGreaterThan(reading.Own);
        reading.IsShort(1).ShouldBeFalse();
    }

    private void Later(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
