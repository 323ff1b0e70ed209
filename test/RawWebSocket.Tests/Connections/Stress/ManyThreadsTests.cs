namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>Real threads at one send queue, over a pipe and over a real socket, and a checker that compares all of it afterwards.</summary>
public class ManyThreadsTests
{
    private const int Rounds = 6;

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
    public void What_many_threads_send_arrives_as_they_were_told(StressTransport transport, StressCompression compression, RoundEnd end)
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            RecordingChecker.Check(StressRound.Run(transport, compression, end, seed)).ShouldBeEmpty($"The seed is {seed}.");
        }
    }
}
