namespace RawWebSocket.Tests.Connections.Model;

/// <summary>
/// The send queue against its model, over thousands of schedules. A failure tells its seed and its steps;
/// <c>new SendQueueSchedule(seed).Run()</c> runs it again.
/// </summary>
public class SendQueueModelTests
{
    private const int SchedulesEach = 2000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task At_whatever_call_the_output_throws_nothing_follows_half_a_frame_and_everyone_is_told(int part)
    {
        const int SeedsEach = 15;
        var thrown = await Task.Run(() => Enumerable.Range(part * SeedsEach, SeedsEach).Sum(ThrowAtEveryCall));
        thrown.ShouldBeGreaterThan(SeedsEach * 20);
    }

    // A long message takes thousands of calls, of which each behind the first few stands for all.
    private static int ThrowAtEveryCall(int seed)
    {
        var count = 0;
        for (var call = 1; ; call += call < 500 ? 1 : call / 20)
        {
            var schedule = new SendQueueSchedule(seed, throwsAt: call);
            schedule.Run();
            if (!schedule.HasThrown)
            {
                return count;
            }

            count++;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_the_schedule_the_queue_does_what_its_model_says(int part)
    {
        // Not on the test framework's context, which would put what a flush sets going off until after the step.
        var run = await Task.Run(() =>
        {
            var schedules = 0;
            foreach (var seed in Enumerable.Range(part * SchedulesEach, SchedulesEach))
            {
                new SendQueueSchedule(seed).Run();
                schedules++;
            }

            return schedules;
        });
        run.ShouldBe(SchedulesEach);
    }
}
