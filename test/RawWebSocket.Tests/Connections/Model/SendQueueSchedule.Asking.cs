using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections.Model;

/// <content>What is asked of the queue, each told to the model first: it has to know how things stood.</content>
internal sealed partial class SendQueueSchedule
{
    private ModelFrame? _close;

    // Of a batch more than one.
    private void SendSome()
    {
        for (var more = _model.InBatch ? _random.Next(3) : 0; more >= 0; more--)
        {
            Send();
            _model.Watch();
        }
    }

    private void Send()
    {
        var send = Cancellable(new ModelFrame(ModelKind.Send, 0x81, Text()));
        Do($"{send}", () =>
        {
            _model.Send(send);
            Await(send, _queue.Messages.SendAsync(Opcode.Text, Payload(send), send.Cancellation?.Token ?? default).AsTask());
        });
    }

    private void Post()
    {
        var key = _random.Next(2) == 0 ? null : $"key {_random.Next(3)}";
        var post = new ModelFrame(ModelKind.Post, 0x82, Text(), key);
        Do($"{post}", () =>
        {
            var threwBefore = HasThrown;
            var expected = _model.Post(post);
            var payload = Encoding.ASCII.GetBytes(post.Text);
            var result = _random.Next(2) == 0
                ? _queue.Messages.Post(Opcode.Binary, payload, key)
                : _queue.Messages.Post(EncodedFrame.Binary(payload), key);

            // A post is queued as soon as it is written, whatever becomes of the flush.
            result.ShouldBeOneOf(HasThrown && !threwBefore ? [expected, PostResult.Closed] : [expected]);
        });
    }

    private void Control()
    {
        // In bursts now and then: of pings and pongs that wait only the latest count.
        for (var count = _random.Next(10) == 0 ? 20 : 1; count > 0; count--)
        {
            var isPing = _random.Next(2) == 0;
            var frame = new ModelFrame(isPing ? ModelKind.Ping : ModelKind.Pong, isPing ? (byte)0x89 : (byte)0x8A, $"{++_number}");
            Do($"{frame}", () =>
            {
                _model.Control(frame);
                var payload = Encoding.ASCII.GetBytes(frame.Text);
                if (isPing)
                {
                    _queue.Controls.SendPing(payload);
                }
                else
                {
                    _queue.Controls.SendPong(payload);
                }
            });
            _model.Watch();
        }
    }

    // One sender of messages in fragments, which waits for each; others that only wait for their turn, and then give it back.
    private void Stream()
    {
        switch (_turn)
        {
            case null or { Told: Fate.Closed or Fate.Cancelled }:
                Begin();
                break;
            case { Told: Fate.Sent } when _fragment is null && _random.Next(5) == 0:
                _turn = null;
                Do("gives the turn back", () =>
                {
                    _model.Abandon();
                    _queue.Fragments.Abandon();
                });
                break;
            case { Told: Fate.Sent } when _fragment is null or { Told: Fate.Sent }:
                SendFragment();
                break;
            case { Told: Fate.Sent } when _fragment is { Told: Fate.Closed }:
                (_turn, _fragment) = (null, null);
                break;
        }
    }

    private void Begin()
    {
        _fragment = null;
        var turn = _turn = Cancellable(new ModelFrame(ModelKind.Turn, 0, $"{++_number}"));
        Do($"{turn}", () =>
        {
            _model.Begin(turn);
            Await(turn, _queue.Fragments.BeginAsync(turn.Cancellation?.Token ?? default).AsTask());
        });
    }

    private void SendFragment()
    {
        var isFinal = _random.Next(3) == 0;
        var opcode = _fragment is null ? Opcode.Text : Opcode.Continuation;
        var firstByte = (byte)((isFinal ? 0x80 : 0) | (int)opcode);
        var fragment = new ModelFrame(ModelKind.Fragment, firstByte, $"{++_number} {new string('f', _random.Next(30))}");
        Do($"{fragment}{(isFinal ? ", the last" : "")}", () =>
        {
            _model.SendFragment(fragment);
            Await(fragment, _queue.Fragments.SendAsync(opcode, Encoding.ASCII.GetBytes(fragment.Text), isFinal).AsTask());
        });
        (_turn, _fragment) = isFinal ? (null, null) : (_turn, fragment);
    }

    private void Cancel()
    {
        if (_cancellable.Count == 0)
        {
            return;
        }

        var frame = _cancellable[_random.Next(_cancellable.Count)];
        _cancellable.Remove(frame);
        Do($"cancels {frame}", () =>
        {
            _model.Cancel(frame);
            frame.Cancellation!.Cancel();
        });
    }

    private void WaitForDrain() => Do("waits for the drain", () =>
    {
        var expected = _model.IsClosing || _model.IsStopped ? false : _model.HasDrained ? true : (bool?)null;
        var drained = AskForDrain();
        (drained.IsCompleted ? drained.Result : (bool?)null).ShouldBe(expected);
        if (expected is null)
        {
            _draining.Add(drained);
        }
    });

    // The batch's own thread would flush what it has gathered; that has a test of its own.
    private Task<bool> AskForDrain()
    {
        if (!_model.InBatch)
        {
            return _queue.Drainage.WaitAsync(default).AsTask();
        }

        Task<bool>? drained = null;
        AnotherThread.Runs(() => drained = _queue.Drainage.WaitAsync(default).AsTask());
        return drained!;
    }

    private void Batch()
    {
        _model.InBatch = !_model.InBatch;
        Do(_model.InBatch ? "begins a batch" : "ends the batch", _model.InBatch ? _queue.BeginBatch : _queue.EndBatch);
    }

    private void Close(StreamedMessage streamed)
    {
        // Whoever closes later waits for the first one's frame.
        var close = _close ?? new ModelFrame(ModelKind.Close, 0x88, "");
        Do($"closes, the message in fragments {streamed}", () =>
        {
            _model.Close(close, streamed);
            var closing = _queue.Controls.CloseAsync(new ClosePayload(WebSocketCloseStatus.Empty, ""), streamed);
            if (_close is null)
            {
                _close = close;
                Await(close, closing);
            }
        });
    }

    private void HurryClose() => Do("drops what the close waits for", () =>
    {
        _model.HurryClose();
        _queue.Controls.HurryClose();
    });

    private Task Stop()
    {
        var stopped = Task.CompletedTask;
        Do("stops", () =>
        {
            _model.Stop();
            stopped = _queue.StopAsync();
        });
        return stopped;
    }

    private ModelFrame Cancellable(ModelFrame frame)
    {
        if (_random.Next(2) == 0)
        {
            frame.Cancellation = new CancellationTokenSource();
            _cancellable.Add(frame);
        }

        return frame;
    }

    private void Await(ModelFrame frame, Task<SendResult> task)
    {
        frame.Task = task;
        _awaited.Add(frame);
    }
}
