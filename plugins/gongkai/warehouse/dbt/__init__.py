"""dbt: what it is given, how it is run, and the pages made from it."""
