using System.IO.Pipelines;
using RawWebSocket.Connections.Direct;

namespace RawWebSocket.Tests.Connections.Direct;

public class PipeContentTests
{
    private readonly Pipe _pipe = new();

    // A version of the framework in which this fails still works, but sends through Kestrel's queue only.
    [Fact]
    public void The_pipes_of_this_runtime_are_understood() => PipeContent.IsReadable(_pipe.Writer).ShouldBeTrue();

    [Fact]
    public void Other_writers_are_not_pipes()
    {
        PipeContent.IsReadable(PipeWriter.Create(Stream.Null)).ShouldBeFalse();
        PipeContent.IsReadable(new WatchedWriter(_pipe.Writer)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_pipe_is_empty_when_its_reader_has_examined_all_that_was_flushed()
    {
        PipeContent.IsEmpty(_pipe.Writer).ShouldBeTrue();
        _pipe.Writer.GetSpan(3);
        _pipe.Writer.Advance(3);
        PipeContent.IsEmpty(_pipe.Writer).ShouldBeTrue();

        await _pipe.Writer.FlushAsync();
        PipeContent.IsEmpty(_pipe.Writer).ShouldBeFalse();

        var read = await _pipe.Reader.ReadAsync();
        PipeContent.IsEmpty(_pipe.Writer).ShouldBeFalse();
        _pipe.Reader.AdvanceTo(read.Buffer.GetPosition(2));
        PipeContent.IsEmpty(_pipe.Writer).ShouldBeFalse();

        read = await _pipe.Reader.ReadAsync();
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        PipeContent.IsEmpty(_pipe.Writer).ShouldBeTrue();
    }
}
