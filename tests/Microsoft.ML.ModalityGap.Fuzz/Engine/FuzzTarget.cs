namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A reader under attack: what its inputs are like, how it is called, and what it may answer.</summary>
/// <remarks>One file in <c>Targets/</c> and one line in <see cref="FuzzTargets"/> per reader; a test holds the list against the packages' public readers.</remarks>
internal abstract class FuzzTarget
{
    /// <summary>As the table and the files of failures call it.</summary>
    internal abstract string Name { get; }

    /// <summary>Which public members it attacks, as <c>Type.Member</c>; none for readers of the tool and the service.</summary>
    internal virtual IReadOnlyList<string> Covers => [];

    /// <summary>The share of the inputs it is given: less for what is slow.</summary>
    internal virtual double Share => 1;

    /// <summary>What is documented for input that cannot be used. Subtypes count.</summary>
    internal virtual IReadOnlyList<Type> Documented => [typeof(InvalidDataException)];

    internal abstract InputShape Shape { get; }

    /// <summary>Inputs that are right, small, and different from each other; each is read without an error.</summary>
    internal abstract IReadOnlyList<byte[]> CreateSeeds();

    /// <summary>Reads an input and uses what came of it.</summary>
    /// <exception cref="FuzzFaultException">What came of it is wrong.</exception>
    internal abstract void Read(FuzzInput input);

    /// <summary>What went wrong, where the reader's caller wraps it.</summary>
    internal virtual Exception Unwrap(Exception exception) => exception;
}

/// <summary>A reader's result that no input may lead to, such as NaN or an answer 500.</summary>
internal sealed class FuzzFaultException(string message) : Exception(message);
