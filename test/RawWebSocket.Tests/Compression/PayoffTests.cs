using RawWebSocket.Compression;

namespace RawWebSocket.Tests.Compression;

public class PayoffTests
{
    private const int Sample = 8;
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    // A second is worth 100,000 bytes, so a millisecond is worth a tenth of a message of 1,000.
    private Payoff _payoff = new(100_000);

    [Fact]
    public void Nothing_is_known_before_eight_messages()
    {
        Compress(Sample - 1, compressed: 500).ShouldBeTrue();
        _payoff.Gain.ShouldBeNull();
        Compress(1, compressed: 500);
        _payoff.Gain.ShouldNotBeNull();
    }

    [Fact]
    public void What_is_gained_is_what_is_saved_less_a_tenth_of_the_payload_for_the_peer_and_the_worth_of_the_time()
    {
        Compress(Sample, compressed: 300, Millisecond);
        _payoff.Gain.ShouldNotBeNull().ShouldBe(0.7 - 0.1 - 0.1, 0.001);
    }

    [Theory]
    [InlineData(300, 5, true)]
    [InlineData(300, 7, false)]
    [InlineData(850, 0, true)]
    [InlineData(850, 1, false)]
    [InlineData(910, 0, false)]
    [InlineData(1010, 0, false)]
    public void It_pays_where_more_is_saved_than_the_time_is_worth(int compressed, int milliseconds, bool pays)
    {
        Compress(Sample, compressed, milliseconds * Millisecond).ShouldBe(pays);
        _payoff.IsDue().ShouldBe(pays);
    }

    [Fact]
    public void A_message_that_was_interrupted_costs_no_more_than_the_others()
    {
        Compress(3, compressed: 300, Millisecond);
        Compress(1, compressed: 300, 1000 * Millisecond);
        Compress(4, compressed: 300, Millisecond).ShouldBeTrue();
        _payoff.Gain.ShouldNotBeNull().ShouldBe(0.5, 0.001);
    }

    [Fact]
    public void A_long_message_among_short_ones_counts_for_all_the_time_it_takes()
    {
        for (var i = 0; i < 4 * Sample; i++)
        {
            // The long one takes a tenth of its bytes' worth, the others half.
            var isLong = i % Sample == 3;
            _payoff.Add(isLong ? 100_000 : 200, isLong ? 30_000 : 60, isLong ? 100 * Millisecond : Millisecond);
        }

        _payoff.Gain.ShouldNotBeNull().ShouldBe(0.7 - 0.1 - 0.1, 0.02);
    }

    [Fact]
    public void Fragments_are_one_message_whose_time_is_theirs_together()
    {
        for (var i = 0; i < Sample; i++)
        {
            _payoff.Add(500, 150, 4 * Millisecond, endsMessage: false).ShouldBeTrue();
            _payoff.Add(500, 150, 4 * Millisecond, endsMessage: true).ShouldBe(i < Sample - 1);
        }

        _payoff.Gain.ShouldNotBeNull().ShouldBe(0.7 - 0.1 - 0.8, 0.001);
    }

    [Fact]
    public void What_does_not_bring_more_than_could_be_had_otherwise_is_not_due_for_a_while()
    {
        Compress(Sample, compressed: 300, otherwise: 0.59).ShouldBeTrue();
        Compress(Sample, compressed: 300, otherwise: 0.61).ShouldBeFalse();
        Pause().ShouldBe(31);
    }

    [Fact]
    public void What_does_not_pay_is_tried_less_and_less_often_until_it_pays_again()
    {
        var pauses = new List<int>();
        for (var i = 0; i < 8; i++)
        {
            Compress(Sample, compressed: 1000);
            pauses.Add(Pause());
        }

        pauses.ShouldBe([31, 63, 127, 255, 511, 1023, 1023, 1023]);
        Compress(Sample, compressed: 100);
        Compress(3 * Sample, compressed: 1000);
        Pause().ShouldBe(31);
    }

    [Fact]
    public void Empty_messages_bring_nothing()
    {
        for (var i = 0; i < Sample - 1; i++)
        {
            _payoff.Add(0, 1, TimeSpan.Zero).ShouldBeTrue();
        }

        _payoff.Add(0, 1, TimeSpan.Zero).ShouldBeFalse();
        _payoff.Gain.ShouldBe(0);
    }

    private bool Compress(int count, long compressed, TimeSpan time = default, double otherwise = 0)
    {
        var pays = true;
        for (var i = 0; i < count; i++)
        {
            pays = _payoff.Add(1000, compressed, time, otherwise: otherwise);
        }

        return pays;
    }

    private int Pause()
    {
        var pause = 0;
        while (!_payoff.IsDue())
        {
            (++pause).ShouldBeLessThan(2000);
        }

        return pause;
    }
}
