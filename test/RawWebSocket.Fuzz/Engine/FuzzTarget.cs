namespace RawWebSocket.Fuzz.Engine;

/// <summary>A part of the library, the rules that hold for it whatever it is given, and how to make something new to give it.</summary>
internal abstract class FuzzTarget
{
    /// <summary>The name on the command line, and of the folder in the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>How an input is written into a file.</summary>
    public virtual InputForm Form => InputForm.Hex;

    /// <summary>How much of the time it gets, in relation to the others.</summary>
    public virtual int Share => 1;

    /// <summary>In bytes. Longer inputs find little more and take longer.</summary>
    public abstract int MaxInputLength { get; }

    /// <summary>Runs the input; any exception that comes out is a find. The same input always does the same.</summary>
    /// <param name="input">Must not be changed.</param>
    /// <param name="features">Told what happened.</param>
    public abstract void Execute(byte[] input, Features features);

    /// <summary>Makes a new input from two of the corpus.</summary>
    public abstract byte[] Mutate(byte[] input, byte[] other, Random random);
}

internal enum InputForm
{
    /// <summary>Bytes in hexadecimal, see <see cref="HexText"/>.</summary>
    Hex,

    /// <summary>The bytes as they are, since they are text.</summary>
    Plain,
}
