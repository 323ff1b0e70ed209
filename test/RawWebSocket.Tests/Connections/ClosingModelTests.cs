using System.Net.WebSockets;
using System.Threading.Channels;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

/// <summary>The closing handshake over every interleaving of what can happen to it, held against <see cref="ClosingModel"/>.</summary>
public sealed class ClosingModelTests : IDisposable
{
    private static readonly ClosingStep[] AllSteps = Enum.GetValues<ClosingStep>();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConnectionsRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Step_by_step_in_every_order_a_connection_does_and_ends_as_the_model_says(int count)
    {
        foreach (var order in ClosingModel.Orders(AllSteps, count))
        {
            await using var conversation = await Conversation.BeginAsync(_rig);
            var model = new ClosingModel();
            try
            {
                foreach (var step in (List<ClosingStep>)[.. order, ClosingStep.PeerCloses])
                {
                    await conversation.TakeAndSettleAsync(step, model);
                }

                await conversation.ShouldHaveEndedAsync(model.Outcome!.Value);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"The order was {string.Join(", ", order)}.", exception);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_122)]
    public async Task All_at_once_a_connection_ends_as_in_one_of_the_orders(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 1000; run++)
        {
            var steps = (ClosingStep[])[.. AllSteps];
            random.Shuffle(steps);
            steps = steps[..random.Next(2, 5)];
            await using var conversation = await Conversation.BeginAsync(_rig);
            try
            {
                await Task.WhenAll(steps.Select(step => Task.Run(() => conversation.TakeAsync(step))));
                await conversation.TakeAsync(ClosingStep.PeerCloses);
                await conversation.ShouldHaveEndedInAsync(ClosingModel.OutcomesOf(steps));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}, run {run}: {string.Join(", ", steps)} at once.", exception);
            }
        }
    }

    /// <summary>A running connection, its application and its peer.</summary>
    private sealed class Conversation : IAsyncDisposable
    {
        private readonly ConnectionsRig _all;
        private readonly ConnectionRig _rig;
        private readonly Channel<string> _received = Channel.CreateUnbounded<string>();
        private readonly List<string> _frames = [];
        private readonly List<Task<SendResult>> _sends = [];
        private readonly SemaphoreSlim _peersPen = new(1);
        private readonly Task _running;

        private Conversation(ConnectionsRig all, ConnectionRig rig, TaskCompletionSource opened)
        {
            _all = all;
            _rig = rig;
            _running = rig.Run(async connection =>
            {
                opened.SetResult();
                await foreach (var message in connection.ReadAllAsync())
                {
                    _received.Writer.TryWrite(message.Text);
                }

                await connection.Completion;
            });
        }

        public static async Task<Conversation> BeginAsync(ConnectionsRig all)
        {
            var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var conversation = new Conversation(all, await all.ConnectAsync(memory: new(toServer: MemoryTransport.UntilRead)), opened);
            await opened.Task.WaitAsync(Patience);
            return conversation;
        }

        /// <summary>Takes a step and waits for what the model says follows from it.</summary>
        public async Task TakeAndSettleAsync(ClosingStep step, ClosingModel model)
        {
            var (wasOpen, wasEnded) = (model.IsOpen, model.Outcome is not null);
            model.Take(step);
            await TakeAsync(step);
            if (wasEnded)
            {
                return;
            }

            if (step == ClosingStep.AppSends)
            {
                (await _sends[^1].WaitAsync(Patience)).ShouldBe(wasOpen ? SendResult.Sent : SendResult.Closed);
            }

            var expected = wasOpen ? FrameAfter(step) : null;
            if (expected is not null)
            {
                (await _rig.NextFrame()).ShouldBe(expected);
                _frames.Add(expected);
            }

            if (wasOpen && step == ClosingStep.PeerSends)
            {
                (await _received.Reader.ReadAsync().AsTask().WaitAsync(Patience)).ShouldBe("in");
            }

            if (model.Outcome is not null)
            {
                await EndAsync();
            }
        }

        public async Task TakeAsync(ClosingStep step)
        {
            switch (step)
            {
                case ClosingStep.AppSends:
                    lock (_sends)
                    {
                        _sends.Add(_rig.Connection.SendTextAsync("out").AsTask());
                    }

                    break;
                case ClosingStep.AppCloses:
                    _ = _rig.Connection.CloseAsync(ClosingModel.AppsCode, "enough");
                    break;
                case ClosingStep.AppAborts:
                    _rig.Connection.Abort();
                    break;
                case ClosingStep.TimePasses:
                    _all.Time.Advance(TimeSpan.FromSeconds(6));
                    break;
                default:
                    await PeerAsync(step);
                    break;
            }
        }

        public async Task ShouldHaveEndedAsync((WebSocketCloseStatus Code, ClosedBy By) outcome)
        {
            await EndAsync();
            var closure = await _rig.Connection.Completion;
            (closure.Code, closure.By).ShouldBe(outcome);
            await ShouldBeLegalAsync(closure);
        }

        public async Task ShouldHaveEndedInAsync(HashSet<(WebSocketCloseStatus Code, ClosedBy By)> outcomes)
        {
            await EndAsync();
            var closure = await _rig.Connection.Completion;
            outcomes.ShouldContain((closure.Code, closure.By));
            await ShouldBeLegalAsync(closure);
        }

        public async ValueTask DisposeAsync()
        {
            _rig.Connection.Abort();
            await _running;
            _peersPen.Dispose();
        }

        private static string? FrameAfter(ClosingStep step) => step switch
        {
            ClosingStep.AppSends => "81 out",
            ClosingStep.AppCloses => "88 4001 enough",
            ClosingStep.PeerPings => "8a ",
            ClosingStep.PeerCloses => "88 4000 ",
            ClosingStep.PeerBreaksTheProtocol => "88 1002 A reserved bit is set that means nothing here.",
            _ => null,
        };

        private async Task PeerAsync(ClosingStep step)
        {
            await _peersPen.WaitAsync();
            try
            {
                switch (step)
                {
                    case ClosingStep.PeerVanishes:
                        _rig.Transport.Lose();
                        break;
                    case ClosingStep.PeerSends:
                        _rig.PeerWrites(Of(Text, "in"u8));
                        break;
                    case ClosingStep.PeerPings:
                        _rig.PeerWrites(Of(Ping, []));
                        break;
                    case ClosingStep.PeerCloses:
                        _rig.PeerWrites(Closing((int)ClosingModel.PeersCode, []));
                        break;
                    case ClosingStep.PeerBreaksTheProtocol:
                        _rig.PeerWrites(Of(0xF1, []));
                        break;
                }
            }
            catch (Exception exception) when (exception is InvalidOperationException or ArgumentOutOfRangeException)
            {
                // The transport has gone, and with it the peer's end of the pipe, perhaps in the middle of a write.
            }
            finally
            {
                _peersPen.Release();
            }
        }

        // A close that is not answered ends with time, as soon as the connection knows that its frame has gone out. An answer that has come
        // but has not been read yet must not lose against the time.
        private async Task EndAsync()
        {
            var read = _rig.PeersBytesAreRead();
            var patience = Task.Delay(Patience);
            while (!_running.IsCompleted)
            {
                patience.IsCompleted.ShouldBeFalse("The connection does not end.");
                if (_rig.Connection.Completion.IsCompleted || (await Task.WhenAny(_running, Task.Delay(1)) != _running && read.IsCompleted))
                {
                    _all.Time.Advance(TimeSpan.FromSeconds(1));
                }
            }

            await _running;
        }

        private async Task ShouldBeLegalAsync(WebSocketClosure closure)
        {
            _frames.AddRange(_rig.Transport.IsAborted ? [] : _rig.Sent());
            var close = _frames.FindIndex(static frame => frame.StartsWith("88", StringComparison.Ordinal));
            close.ShouldBeOneOf([-1, _frames.Count - 1], "nothing follows a close frame");
            var results = await Task.WhenAll(_sends).WaitAsync(Patience);
            if (!_rig.Transport.IsAborted)
            {
                _frames.Count(static frame => frame == "81 out").ShouldBe(results.Count(static result => result == SendResult.Sent));
                closure.Sent.ShouldNotBeNull();
            }

            _rig.Connection.Closed.IsCancellationRequested.ShouldBeTrue();
            _all.Memory.Held.ShouldBe(0);
        }
    }
}
