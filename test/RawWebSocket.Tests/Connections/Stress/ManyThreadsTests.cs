namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>Real threads at one send queue, over a pipe and over a real socket, and a checker that compares all of it afterwards.</summary>
public class ManyThreadsTests
{
    public static TheoryData<StressTransport, StressCompression, RoundEnd> Kinds
    {
        get
        {
            var kinds = new TheoryData<StressTransport, StressCompression, RoundEnd>();
            foreach (var transport in Enum.GetValues<StressTransport>())
            {
                foreach (var compression in Enum.GetValues<StressCompression>())
                {
                    foreach (var end in Enum.GetValues<RoundEnd>())
                    {
                        kinds.Add(transport, compression, end);
                    }
                }
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_many_threads_send_arrives_as_they_were_told(StressTransport transport, StressCompression compression, RoundEnd end) =>
        Run(transport, compression, end, rounds: 6, steps: 40);

    // What is rare happens at the beginning and at the end: so there are many of both.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_they_send_in_a_short_while_arrives_as_well(StressTransport transport, StressCompression compression, RoundEnd end) =>
        Run(transport, compression, end, rounds: 20, steps: 4);

    private static void Run(StressTransport transport, StressCompression compression, RoundEnd end, int rounds, int steps)
    {
        for (var seed = 0; seed < rounds; seed++)
        {
            RecordingChecker.Check(StressRound.Run(transport, compression, end, steps, seed)).ShouldBeEmpty($"The seed is {seed}.");
        }
    }
}
