using RawWebSocket.Diagnostics;

namespace RawWebSocket.Tests.Diagnostics;

public class PlainExceptionTests
{
    [Theory]
    [InlineData("plain", true)]
    [InlineData("über 😀", true)]
    [InlineData("two\nlines", false)]
    [InlineData("a return\r", false)]
    [InlineData("an escape \u001b[31m", false)]
    [InlineData("next line \u0085", false)]
    [InlineData("separators \u2028\u2029", false)]
    [InlineData("from right to left \u202e", false)]
    [InlineData("a tab\t", false)]
    public void Only_an_exception_with_control_characters_in_its_message_is_replaced(string message, bool isKept)
    {
        var exception = new FormatException(message);
        ReferenceEquals(PlainException.Of(exception), exception).ShouldBe(isKept);
        Log.IsOneLine(PlainException.Of(exception)!.Message).ShouldBeTrue();
    }

    [Fact]
    public void No_exception_stays_none() => PlainException.Of(null).ShouldBeNull();

    [Fact]
    public void Those_within_are_looked_at_as_well()
    {
        var within = new AggregateException("several", new FormatException("fine"), new InvalidOperationException("not\nfine"));
        var plain = PlainException.Of(new IOException("outer", within)).ShouldNotBeNull();
        var text = plain.ToString();
        text.ShouldStartWith("System.IO.IOException: outer");
        text.ShouldContain("System.AggregateException: several (fine) (not?fine)");
        text.ShouldContain("System.FormatException: fine");
        text.ShouldContain("System.InvalidOperationException: not?fine");
        text.ShouldNotContain("not\nfine");
    }

    [Fact]
    public void The_stack_trace_and_the_result_stay()
    {
        var thrown = Should.Throw<IOException>(static () => throw new IOException("a\nb", 7));
        var plain = PlainException.Of(thrown).ShouldNotBeNull();
        plain.ShouldNotBeSameAs(thrown);
        plain.StackTrace.ShouldBe(thrown.StackTrace);
        plain.HResult.ShouldBe(7);
        plain.ToString().ShouldContain(nameof(The_stack_trace_and_the_result_stay));
    }
}
