"""What people and programs are shown: documents for programs and sentences for people, made once from the domain's values."""
